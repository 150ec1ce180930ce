import { haveOtherConsonants } from "./frequent-names.ts";
import { givenNames } from "./given-names.ts";

/**
 * First names with what their bearers are called and how they are spelled, in the languages our users' customers mostly speak. A short form
 * may stand for several names: Alex for Alexander and for Alexandra.
 */
const table = `
  abigail: abbie abby abi gail; abraham: abe bram; agnes: aggie; ahmed: ahmad ahmet; albert: al alberto bert bertie; alejandro: ale alex;
  alexander: alec alek aleksander aleksandr alex alexandr alexandre alistair oleksandr sandy sasha xander; alexandra: aleksandra alex lexi
  sandra sandy sasha; alexei: aleksei aleksey alexey; alfred: al alf alfie fred freddie; alison: ali allie allison ally alyson; alana:
  lana; allan: al alan allen; amanda: mandy; anastasia: anastasija anastasiya anastassia nastasia nastassia nastya stacey stacy; andrew:
  andrei andrey andy drew; angela: angie; ann: ana anna anne annie; annabelle: anabel anabella anabelle annabel annabella; anthony: ant
  antony tony; antonio: toni tonio tony; arthur: art artie; augustus: gus; barbara: babs barb barbie; beatrice: bea beatrix trixie;
  benjamin: ben benji benny; bernard: bernie; bradley: brad; bridget: biddy bridgette bridie; calvin: cal; cameron: cam; candace: candice
  candy kandace kandice; carl: karl; caroline: caro carol carole carolina carolyn carrie; catherine: cate cath catharine cathleen cathy
  kate katharina katharine katherine kathleen kathryn kathy katie katy kit kitty; cecilia: cecily celia; charles: carlos charley charlie
  chas chaz chuck; charlotte: charlie lottie; cheryl: sheryl; christian: chris; christina: chris chrissie christi christie christine
  christy cristina kirsten kris kristen kristi kristie kristin kristina kristine kristy tina; christopher: chris christoph kit kris
  kristopher topher; ciara: kiara; clara: claire clare; clifford: cliff; clinton: clint; constance: connie; cynthia: cindy; daniel: dan
  danny; daniela: dani daniella danielle danny; david: dave davey; deborah: deb debbie debby debra; dennis: den denny; diana: di diane
  dianne; dmitri: dima dimitri dmitriy dmitry; dominic: dom dominick; donald: don donnie; dorothy: dolly dot dottie; douglas: doug dougie;
  edgar: ed eddie; edith: edie; edmund: ed eddie ned; edward: ed eddie eduardo ned ted teddy; edwin: ed eddie; eleanor: eleanora elinor
  ellie nell nellie; elena: lena; elizabeth: bess beth betsy betty elisabeth elisa eliza ellie elsie libby lisa lisbeth liz lizbeth lizzie;
  ellen: ellie nell; emily: em emmy; emma: em emmy; emmanuel: emanuel manny manuel; eric: erich erick erik rick; ernest: ernie; eugene:
  evgeni evgeny gene yevgeny; evelyn: eve evie; florence: flo florrie flossie; frances: fran francie frankie franny; francis: fran
  francisco frank frankie; francisco: paco pancho; franklin: frank; frederick: fred freddie freddy frederic fredrick friedrich fritz;
  gabriel: gabe; gabriella: gabby gabi gabriele gabrielle; george: georg georges georgie; gerald: gerry jerry; gerard: gerry; gertrude:
  gertie trudy; gilbert: gil; gregory: greg gregg; gwendolyn: gwen; harold: hal harry; harriet: hattie; heinrich: heinz; helen: helena nell
  nellie; helena: lena; henry: hal hank harry; herbert: bert herb; howard: howie; isaac: ike; isabella: bella isabel isabelle isobel izzy;
  jacob: jake jakob; jacqueline: jackie jacqui; james: jaime jamie jim jimmie jimmy; jane: janie; janet: jan; janice: jan; jasmine: jasmin
  yasmin yasmine; jason: jay; jeffrey: geoff geoffrey jeff jeffery; jennifer: jen jenifer jenn jennie jenny; jeremiah: jerry; jeremy: jem
  jerry jez; jerome: jerry; jessica: jess jessie; joachim: achim jochen; joanna: jo joann joanne; johannes: hannes hans johann; john: jack
  johnnie johnny jon; jonathan: johnny jon jonathon jonny; jose: pepe; joseph: jo joe joey josef; josephine: jo josie; joshua: josh;
  judith: judi judy; katrina: kat katie trina; kenneth: ken kenny; kevin: kev; kimberly: kim kimberley; lawrence: larry laurence lawrie;
  lee: leigh; leonard: len lennie lenny leo leon; leslie: les lesley; lewis: lew lou louis; lillian: lil lilian lillie lilly lily; linda:
  lynda; louis: lou louie luis; louise: lou louisa; lucas: luca lukas luke; madeline: maddie maddy madeleine madelyn; magdalena: lena magda
  magdalene; manuel: manny manolo; margaret: greta madge maggie marge margie margo margot meg peggie peggy rita; mark: marc; martha: marta;
  martin: marty; mary: mamie maria marie molly polly; matilda: tilly; matthew: mat mathew matt matty; maurice: mo morris; maximilian: max;
  maxwell: max; megan: meg; melanie: mel; melinda: mel mindy; melissa: mel missy; melvin: mel; michael: micheal mick mickey mike mikey
  mikhail misha; mildred: millie; mitchell: mitch mitchel; mohammed: mehmet mhd mohamad mohamed mohammad mohd muhamad muhamed muhammad
  muhammed; monica: monika; morris: mo morrie; nancy: nan; natalie: nat natalia nataliya natalya nattie; natasha: tasha; nathan: nat nate;
  nathaniel: nat nate nathan nathanael; nicholas: nick nicky nico nicolas nikolai nikolas; nicole: nicky nicola nikki; norman: norm;
  oliver: ollie; olivia: liv; pamela: pam; patricia: pat patsy patti patty tricia trish; patrick: paddy pat patric; paul: paulie; penelope:
  penny; peter: pete; philip: phil philipp philippe phillip pip; priscilla: cilla; rachel: rachael; rafael: rafa raphael; raymond: ray;
  rebecca: becca becky rebekah; regina: gina; reginald: reg reggie; richard: dick rich richie rick ricky; robert: bert bertie bob bobbie
  bobby rob robbie robby roberto; roberta: bobbie; roderick: rod roddy; rodney: rod; roger: rodger; ronald: ron ronnie; rosemary: rose
  rosie; russell: russ; samantha: sam sammie; samuel: sam sammy; sandra: sandie sandy; sarah: sadie sahra sal sally sara; sean: shaun
  shawn; sebastian: seb; sergei: serge sergey; sherry: cheri cherie shari sheri sherri sherrie; sidney: sid sydney; sonia: sonja sonya;
  sophia: sofia sofie sophie; stanley: stan; stephanie: stefanie steph stephany; steven: stephan stephen steve stevie; stuart: stewart stu;
  susan: sue susanna susannah susanne susie suzanne suzie suzy; sylvia: silvia; tamara: tammy; terence: terrence terry; theodore: ted teddy
  theo; theresa: teresa terri terry tess tessa therese; thomas: thom tom tomas tommie tommy; timothy: tim timmy; tobias: toby; valerie:
  val; veronica: ronnie; victor: vic viktor; victoria: tori vicki vickie vicky viktoria; vincent: vin vince vinny; virginia: ginny; vivian:
  viv vivien vivienne; vladimir: vlad volodymyr; walter: wally walt; wesley: wes; wilfred: wilf; wilhelm: willi; william: bill billie billy
  liam will willie willy; winifred: winnie; youssef: yosef yousef yusuf; yuri: yuriy yury; zachary: zac zach zack`;

const formalOf = new Map<string, readonly string[]>();
for (const entry of table.split(";")) {
  const [name = "", forms = ""] = entry.split(":").map((part) => part.trim());
  formalOf.set(name, [...(formalOf.get(name) ?? []), name]);
  for (const form of forms.split(/\s+/)) formalOf.set(form, [...(formalOf.get(form) ?? []), name]);
}

/** The names that a first name may stand for; itself, if it is no form of another. @example formalNames("chris") // ["christian", "christina", "christopher"] */
export function formalNames(name: string): readonly string[] {
  return formalOf.get(name) ?? [name];
}

/** Whether two first names may be one: by short forms and spellings. @example areOneName("bob", "robert") // true */
export function areOneName(a: string, b: string): boolean {
  if (a === b) return true;
  const others = formalOf.get(b);
  return formalOf.get(a)?.some((name) => others?.includes(name)) ?? false;
}

/**
 * Whether two forms of one name may as well be two people's: Ted may be Theodore and Ned Edmund, though both may be Edward.
 * @example mayBeOfTwo("ted", "ned") // true
 */
export function mayBeOfTwo(a: string, b: string): boolean {
  const [ones = [], others = []] = [formalOf.get(a), formalOf.get(b)];
  if (ones.includes(b) || others.includes(a) || !areOneName(a, b)) return false;
  return ones.some((name) => !others.includes(name)) && others.some((name) => !ones.includes(name));
}

/**
 * Whether two first names are two people's, however alike: both well known and no forms of one, or a woman's name made of a man's.
 * @example areTwoNames("martin", "martina") // true
 */
export function areTwoNames(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (!givenNames.has(short) || short === long) return false;
  return (givenNames.has(long) || long === `${short}a`) && !areOneName(short, long);
}

/**
 * Whether two first names are no slips of each other, though a letter or two lie between them: many people bear each of them, they sound
 * otherwise and neither is short for the other.
 * @example areNoSlips("jayden", "hayden") // true
 */
export function areNoSlips(a: string, b: string): boolean {
  return haveOtherConsonants(a, b) && !isPetName(a, b) && !isPetName(b, a) && !areOneName(a, b);
}

/** Whether a name is the start of another, or such a start with the ending of a pet name: Cass and Cassie for Cassandra. */
function isPetName(short: string, long: string): boolean {
  if (long.startsWith(short)) return true;
  const stem = short.replace(/(?:ie|ey|ee|y|i)$/, "");
  if (stem === short || stem.length < 3) return false;
  return long.startsWith(stem) || (stem.at(-1) === stem.at(-2) && long.startsWith(stem.slice(0, -1)));
}

const initialsOf = new Map<string, Set<string>>();
for (const [form, names] of formalOf)
  for (const name of names) initialsOf.set(name, (initialsOf.get(name) ?? new Set()).add(form.charAt(0)));

/** Whether a letter may stand for a name: B for Robert, who is called Bob. */
export function mayAbbreviate(letter: string, name: string): boolean {
  return name.startsWith(letter) || formalNames(name).some((formal) => initialsOf.get(formal)?.has(letter));
}
