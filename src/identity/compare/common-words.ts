/**
 * In how many companies' names a word stands, roughly, where a model has not counted it: what firms do, are or lie at. In round numbers out
 * of what registers of companies hold; a word and its plural are one.
 */
const rows: readonly (readonly [share: number, words: string])[] = [
  [1 / 64, "service group solution international enterprise management center"],
  [
    1 / 256,
    `system technology construction consulting association associate community development education health care medical partner investment
    property capital global industry engineering design trading product restaurant school church bank insurance financial national
    american university club foundation transport logistics energy food motor auto home house media market shop store supply hotel`,
  ],
  [
    1 / 1024,
    `academy advanced advertising advisor agency agricultural air airline america analytics and apartment architect art automation automotive
    bakery bar beauty beverage bistro biotech book brewery brother building business cafe casino catering chemical child children cinema city cleaning
    clinic clothing coffee college commerce commercial communication computer concept contracting contractor control cooperative council
    counsel creative credit deli delicatessen dental dentist department digital diner dining distribution distributor district drug eastern electric electrical
    electronic elementary engineer entertainment environmental equipment estate exchange express fashion family farm federal federation
    film finance fitness florist fund furniture garage garden gas general glass government grill gym hair hall hardware heating high hospital
    housing import industrial information innovation inn institute instrument integrated interior jewelry junior kindergarten kitchen
    laboratory lab land landscape laundry law learning leasing legal library lighting line lounge machine machinery maintenance manufacturer
    manufacturing marine marketing material mechanical metal mill mining mobile modern mortgage museum music network news northern nursery
    nursing office oil optical optic organization packaging paint paper park parking pediatric pharmaceutical pharmacy photography physical
    pizza pizzeria plastic plumbing power precision preschool press print printing private professional production project public publishing
    radio real realty recovery recycling regional rental repair research resort resource retail robotic roofing royal safety sale salon
    science security senior social society software solar southern spa special specialty sport staffing standard state station steel storage
    street studio surgery tavern taxi tax telecommunication telecom textile theater therapy tire title tool tour tourism toy trade training
    transportation travel tree trucking trust union united universal utility valley vehicle venture veterinary video village warehouse
    water web wellness western wholesale window wine wireless wood work workshop world`,
  ],
];

const shares = new Map(rows.flatMap(([share, words]) => words.split(/\s+/).map((word) => [word, share] as const)));

/** The share of companies with a word in their names; undefined for a word that may be somebody's own. @example commonShareOf("services") // 1 / 64 */
export function commonShareOf(word: string): number | undefined {
  return shares.get(word) ?? shares.get(singularOf(word));
}

/** A word without the ending of a plural, near enough. @example singularOf("industries") // "industry" */
export function singularOf(word: string): string {
  if (word.length < 4 || !word.endsWith("s") || word.endsWith("ss")) return word;
  return word.endsWith("ies") ? `${word.slice(0, -3)}y` : word.slice(0, -1);
}
