import { once } from "../../lib/once.ts";

/** ISO 3166-1: each country's alpha-3 code followed by its alpha-2 code. */
const codes = `
AFGAF ALAAX ALBAL DZADZ ASMAS ANDAD AGOAO AIAAI ATAAQ ATGAG ARGAR ARMAM ABWAW AUSAU AUTAT AZEAZ BHSBS BHRBH BGDBD BRBBB BLRBY BELBE BLZBZ
BENBJ BMUBM BTNBT BOLBO BESBQ BIHBA BWABW BVTBV BRABR IOTIO BRNBN BGRBG BFABF BDIBI CPVCV KHMKH CMRCM CANCA CYMKY CAFCF TCDTD CHLCL
CHNCN CXRCX CCKCC COLCO COMKM COGCG CODCD COKCK CRICR CIVCI HRVHR CUBCU CUWCW CYPCY CZECZ DNKDK DJIDJ DMADM DOMDO ECUEC EGYEG SLVSV
GNQGQ ERIER ESTEE SWZSZ ETHET FLKFK FROFO FJIFJ FINFI FRAFR GUFGF PYFPF ATFTF GABGA GMBGM GEOGE DEUDE GHAGH GIBGI GRCGR GRLGL GRDGD
GLPGP GUMGU GTMGT GGYGG GINGN GNBGW GUYGY HTIHT HMDHM VATVA HNDHN HKGHK HUNHU ISLIS INDIN IDNID IRNIR IRQIQ IRLIE IMNIM ISRIL ITAIT
JAMJM JPNJP JEYJE JORJO KAZKZ KENKE KIRKI PRKKP KORKR KWTKW KGZKG LAOLA LVALV LBNLB LSOLS LBRLR LBYLY LIELI LTULT LUXLU MACMO MDGMG
MWIMW MYSMY MDVMV MLIML MLTMT MHLMH MTQMQ MRTMR MUSMU MYTYT MEXMX FSMFM MDAMD MCOMC MNGMN MNEME MSRMS MARMA MOZMZ MMRMM NAMNA NRUNR
NPLNP NLDNL NCLNC NZLNZ NICNI NERNE NGANG NIUNU NFKNF MKDMK MNPMP NORNO OMNOM PAKPK PLWPW PSEPS PANPA PNGPG PRYPY PERPE PHLPH PCNPN
POLPL PRTPT PRIPR QATQA REURE ROURO RUSRU RWARW BLMBL SHNSH KNAKN LCALC MAFMF SPMPM VCTVC WSMWS SMRSM STPST SAUSA SENSN SRBRS SYCSC
SLESL SGPSG SXMSX SVKSK SVNSI SLBSB SOMSO ZAFZA SGSGS SSDSS ESPES LKALK SDNSD SURSR SJMSJ SWESE CHECH SYRSY TWNTW TJKTJ TZATZ THATH
TLSTL TGOTG TKLTK TONTO TTOTT TUNTN TURTR TKMTM TCATC TUVTV UGAUG UKRUA AREAE GBRGB USAUS UMIUM URYUY UZBUZ VUTVU VENVE VNMVN VGBVG
VIRVI WLFWF ESHEH YEMYE ZMBZM ZWEZW`;

/** Names people write that are not Intl's English, French, German or Spanish ones. */
const otherNames: Record<string, string> = {
  "united states of america": "US",
  "u.s.": "US",
  "u.s.a.": "US",
  america: "US",
  uk: "GB",
  "u.k.": "GB",
  "great britain": "GB",
  england: "GB",
  scotland: "GB",
  wales: "GB",
  "northern ireland": "GB",
  holland: "NL",
  "the netherlands": "NL",
  "czech republic": "CZ",
  "south korea": "KR",
  "republic of korea": "KR",
  "russian federation": "RU",
  "viet nam": "VN",
  "hong kong": "HK",
  macau: "MO",
  turkey: "TR",
  burma: "MM",
  "ivory coast": "CI",
  brasil: "BR",
  italia: "IT",
  sverige: "SE",
  norge: "NO",
  danmark: "DK",
  suomi: "FI",
  polska: "PL",
  portugal: "PT",
  nederland: "NL",
};

const countries = once(countriesByName);

/**
 * The ISO 3166-1 alpha-2 code of a country given by code (two or three letters) or by name, or undefined.
 * @example readCountry("United States") // "US"
 * @example readCountry("deu") // "DE"
 */
export function readCountry(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > 80) return undefined;
  const byName = countries();
  return byName.get(value) ?? byName.get(value.trim().toLowerCase());
}

function countriesByName(): ReadonlyMap<string, string> {
  const names = new Map<string, string>(Object.entries(otherNames));
  const languages = ["en", "fr", "de", "es"].map((language) => new Intl.DisplayNames([language], { type: "region" }));
  for (const code of codes.trim().split(/\s+/)) {
    const alpha2 = code.slice(3);
    names.set(code.slice(0, 3).toLowerCase(), alpha2).set(alpha2.toLowerCase(), alpha2).set(alpha2, alpha2);
    for (const language of languages) addName(names, language.of(alpha2), alpha2);
  }
  return names;
}

function addName(names: Map<string, string>, name: string | undefined, alpha2: string): void {
  const lower = name?.toLowerCase();
  if (lower !== undefined && !names.has(lower)) names.set(lower, alpha2);
}
