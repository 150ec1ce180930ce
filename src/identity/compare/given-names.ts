/**
 * First names that very many people bear, in the languages our users' customers mostly speak. Two of them that differ are two names, and no
 * slips of each other, also where a model was trained on people who bear others.
 */
export const givenNames: ReadonlySet<string> = new Set(
  `aaron abigail adam adrian agnes ahmed aisha alan albert alejandro alexander alexandra alfred ali alice alicia alison amanda amber amelia
  amy ana andre andrea andreas andrew angela anita ann anna anne annette anthony antonio arthur ashley audrey barbara beatrice benjamin
  bernard bernd bertha beth bettina betty beverly bjorn bradley brandon brenda brian bruce camille carl carla carlos carmen carol caroline
  catherine cecilia charles charlotte cheryl chloe christian christina christine christopher claire clara claudia clemens colin connor
  craig cristina cynthia dale daniel daniela daniele david dawn deborah denise dennis diana diane diego dieter dmitri dominic donald donna
  dorothy douglas dylan edith eduardo edward elaine eleanor elena elizabeth ella ellen emily emma eric erika ernest esther ethan eugene eva
  evelyn fatima felix fernando florence frances francesca francis francisco francois frank franz frederick gabriel gary geoffrey george
  gerald giovanni giulia gloria grace graham gregory guido gustav hannah hans harold harry heather hector heidi heike helen helena helmut
  henry herbert hugo ian ida imran ingrid irene iris isaac isabel isabella ivan jack jacob james jan jane janet jasmine jason javier jean
  jeffrey jennifer jeremy jerome jessica joan joanna jochen john jonathan jorge jose joseph joshua juan judith julia julian julie jurgen
  justin karen karl katharina katherine keith kelly kenneth kevin kim kimberly klaus kyle larry laura lauren lawrence leah leonard leonie
  leslie lewis liam linda lisa logan lorenzo louis louise lucas lucia lucy luigi luis lukas lydia madeleine madison magdalena manfred manuel
  marc marco margaret maria marie marina mario marion mark marlene marta martha martin mary mathias matthew maureen max maya megan melanie
  melissa michael michelle miguel mildred mohamed molly monica monika moritz nancy naomi natalia natalie nathan neil nicholas nicola nicole
  nigel nina noah norman nora oliver olivia omar oscar otto owen pablo pamela patricia patrick paul paula pedro peter petra philip philippe
  phyllis pierre priya rachel ralph ramon raphael raymond rebecca regina renate rene ricardo richard rita robert roberto roger roland ronald
  rosa rose rosemary ross roy russell ruth ryan sabine sabrina samantha samuel sandra sara sarah scott sean sebastian sergio shannon sharon
  shirley silvia simon simone sofia sonia sophia sophie stefan stefanie stella stephanie stephen steven stuart susan suzanne sven sylvia
  tamara tanya teresa theodore theresa thomas timothy tina todd tyler ursula uwe valerie vanessa vera veronica victor victoria vincent
  virginia vivian walter wanda wayne wendy werner wilhelm william wolfgang xavier yasmin yolanda yusuf yvonne zachary zoe`.split(
    /\s+/,
  ),
);
