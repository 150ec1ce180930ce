import { givenNames } from "./given-names.ts";

/**
 * First names that at least one in ten thousand of those bears who were born in the United States from 1940 to 2012, as counted by their
 * Social Security Administration (in the public domain); those that stand among the given names left out.
 */
const counted = `aaliyah abby abel abraham addison adriana adrianna adrienne aidan aiden aimee alaina alana alberto alec alejandra alex alexa
  alexandria alexia alexis alfonso alfredo alisa alisha alissa aliyah allan allen allie allison allyson alma alondra alonzo alvin alyssa
  anastasia andres andy angel angelica angelina angelo angie annabelle annie antoinette april ariana arianna ariel arlene armando arnold
  arturo ashlee ashleigh ashlyn ashton asia aubrey aurora austin autumn ava avery ayden bailey barry becky belinda bella ben bennie
  benny bernadette bernice bethany betsy bianca bill billie billy blaine blake bob bobbie bobby bonita bonnie brad braden bradford brady
  branden brandi brandy braxton brayden breanna brendan brenna brennan brent bret brett briana brianna bridget britney brittany brittney
  brock brody brooke brooklyn bryan bryant bryce bryson byron caden caitlin caitlyn caleb callie calvin camden cameron camila candace
  candice candy cara carey carissa carlton carly carole carolina carolyn carrie carson carter cary casey cassandra cassidy cassie
  cathleen cathy cecelia cecil cedric celeste celia cesar chad chance chandler charity charlene charlie chase chelsea chelsey cheri
  cherie chester cheyenne chris christa christie christy ciara cierra cindy clarence clarissa clark claude clay clayton clifford clifton
  clint clinton clyde cody colby cole colleen collin colton conner connie constance cooper cora corey corinne cory courtney cristian
  crystal curtis daisy dakota dallas dalton damian damien damon dan dana dane danielle danny dante daphne darin darius darla darlene
  darnell darrell darren darrin darryl daryl dave dawson dean deanna debbie debora debra delaney delores demetrius dena derek derrick
  desiree desmond destiny devin devon dexter diamond dianna dianne dillon dina dixie dolores dominick dominique don donnie donovan dora
  doreen doris drake drew duane dustin dwayne dwight earl earnest ebony eddie edgar edna edwin eileen eli elias elijah elisa elisabeth
  elise eliza ellie elliot elliott elmer elsie emanuel emilio emmanuel enrique erica erick erik erin ernesto esmeralda ethel evan
  everett fabian faith faye felicia floyd forrest francine frankie franklin fred freddie fredrick gabriela gabriella gabrielle gage gail
  garrett garry gavin gayle gene genesis geneva genevieve georgia geraldine gerard gerardo gianna gilbert gina ginger giselle gladys
  glen glenda glenn gordon gracie grant grayson greg gregg gretchen griffin guadalupe guillermo gustavo guy gwendolyn hailey haley hanna
  harley harrison harvey hayden hayley hazel heath herman hillary holly hope howard hugh hunter ira irma isabelle isaiah ismael israel
  ivy jace jackie jackson jaclyn jacqueline jacquelyn jada jade jaden jaiden jaime jake jakob jalen jamal jamie jana janelle janette
  janice janie janine janis jared jasmin jaxon jay jayden jayla jaylen jayson jazmin jazmine jeanette jeanne jeannette jeannie jeff
  jeffery jenna jennie jenny jeremiah jermaine jerry jesse jessie jesus jill jillian jim jimmie jimmy jo joann joanne jocelyn jodi jodie
  jody joe joel joey johanna johnathan johnnie johnny jolene jon jonah jonathon joni jordan jordyn josephine josiah josie josue joy
  joyce juanita judy juliana julianna julianne julio julius june justice justine kaden kai kaitlin kaitlyn kaleb kameron kara kari karin
  karina karla kasey kassandra kate katelyn katelynn katharine kathleen kathryn kathy katie katrina kay kayden kayla kaylee keegan
  kelley kelli kellie kelsey kelvin ken kendall kendra kennedy kenny kent keri kerri kerry kiara kimberley kira kirk kirsten kris krista
  kristen kristi kristie kristin kristina kristine kristopher kristy krystal kurt kyla kylee kylie kyra lacey lamar lana lance landon
  lane latasha latoya laurel laurie layla lea leanne lee leigh leland lena leo leon leonardo leroy lesley lester leticia levi lila
  liliana lillian lillie lilly lily lindsay lindsey lloyd lois lola london lonnie lora loren lorena loretta lori lorraine lucille
  lucinda luke lyle lynda lynette lynn lynne mackenzie madeline madelyn maggie makayla makenzie malachi malcolm malik mallory mandy
  marcella marcia marcos marcus margarita margie mariah marian mariana marianne marilyn marisa marisol marissa marjorie marla marlon
  marsha marshall marty marvin maryann mason mathew mattie maurice maxine maxwell mayra mckenna mckenzie meagan meghan melinda melody
  melvin mercedes meredith mia micah michaela micheal michele mickey mikayla mike miles milton mindy miranda miriam misty mitchell mona
  monique morgan morris mya myles myra myron nadia nadine natasha nathaniel neal nelson nevaeh nichole nick nickolas nicolas nikki noel
  noelle nolan norma orlando otis paige pam paris parker pat patrice patsy patti patty paulette pauline payton peggy penelope penny
  perry peyton phillip preston priscilla quentin quinn rachael rachelle rafael ramona randal randall randi randolph randy raquel raul
  raven ray reagan rebekah reese reginald renee rex rhonda rick rickey ricky riley robbie roberta robin robyn rochelle roderick rodney
  rodolfo roman ron ronda ronnie rory rosalie rosemarie rosie roxanne ruben ruby rudy rylee sadie sally salvador salvatore sam sammy
  sandy santiago sasha saul savanna savannah selena serena serenity seth shana shane shanna shari shaun shauna shawn shawna shayla
  sheila shelby sheldon shelia shelley shelly sheri sherri sherrie sherry sheryl sidney sierra skylar skyler sonja sonya spencer stacey
  stacie stacy stanley steve sue summer susie sydney tabitha tami tammie tammy tania tanner tara tasha tatiana taylor ted terence teri
  terrance terrell terrence terri terry tessa thelma tia tiffany tim toby tom tommie tommy toni tony tonya tori tracey traci tracie
  tracy travis trent trenton trevor trey tricia trina trinity trisha tristan troy tucker ty tyrone tyson valeria vernon vicki vickie
  vicky violet virgil wade wallace warren wendell wesley whitney willard willie wilma wyatt yesenia yvette zachery zackary zane zoey`;

/** First names that many people bear, each with its consonants. */
const consonants: ReadonlyMap<string, string> = new Map(
  [...givenNames, ...counted.split(/\s+/)].map((name) => [name, consonantsIn(name)]),
);

/**
 * Whether many people bear each of two first names and they have other consonants: Jayden and Hayden. Where vowels alone differ, or how a
 * sound is written, one may be the other's spelling: Aidan and Ayden, Caitlin and Kaitlyn.
 */
export function haveOtherConsonants(a: string, b: string): boolean {
  const [one, other] = [consonants.get(a), consonants.get(b)];
  return one !== undefined && other !== undefined && one !== other;
}

/** The consonants of a name as they are spoken, near enough; 0 stands for a vowel at the start. */
function consonantsIn(name: string): string {
  const spoken = name
    .replace(/^[aeiouy](?![aeiou])|^[aeiou]/, "0")
    .replaceAll(/ph|v/g, "f")
    .replaceAll(/eigh|igh/g, "i")
    .replaceAll(/sch|sh/g, "s")
    .replaceAll(/ch|ck|qu|q/g, "k")
    .replaceAll(/c(?=[eiy])/g, "s")
    .replaceAll("c", "k")
    .replaceAll("x", "ks")
    .replaceAll(/g(?=[eiy])/g, "j")
    .replaceAll("z", "s");
  return spoken.replaceAll(/[aeiouyw]|(?<!^)h/g, "").replaceAll(/(.)\1+/g, "$1");
}
