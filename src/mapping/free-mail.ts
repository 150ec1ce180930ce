/**
 * Domains of mail services anybody can have an address at, and of disposable ones often met. Two parties who share one of them share
 * nothing, so none of them ever identifies a company. Kept short: the services that make up nearly all such addresses.
 */
export const freeMailDomains: ReadonlySet<string> = new Set(
  `126.com 163.com alice.it aol.com arcor.de att.net bellsouth.net bigpond.com blueyonder.co.uk bluewin.ch bol.com.br btinternet.com
  charter.net comcast.net cox.net daum.net duck.com earthlink.net email.com fastmail.com fastmail.fm free.fr freenet.de frontier.com
  gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com guerrillamail.com hanmail.net hey.com home.nl hotmail.ca hotmail.co.uk
  hotmail.com hotmail.com.au hotmail.com.br hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com inbox.com inbox.ru
  interia.pl juno.com kpnmail.nl laposte.net libero.it list.ru live.ca live.co.uk live.com live.com.au live.de live.fr live.it live.nl
  mac.com mail.com mail.de mail.ru mailinator.com me.com msn.com mweb.co.za naver.com neuf.fr ntlworld.com o2.pl onet.pl op.pl
  optonline.net optusnet.com.au orange.fr outlook.com outlook.com.au outlook.com.br outlook.de outlook.es outlook.fr outlook.it pm.me
  proton.me protonmail.ch protonmail.com qq.com rediffmail.com rocketmail.com rogers.com runbox.com sapo.pt sbcglobal.net seznam.cz
  sfr.fr shaw.ca sina.com sky.com sohu.com sympatico.ca t-online.de talktalk.net telenet.be telia.com telus.net tiscali.it tutanota.com
  tuta.io uol.com.br ukr.net verizon.net videotron.ca virgilio.it virginmedia.com wanadoo.fr web.de windstream.net wp.pl xs4all.nl
  xtra.co.nz yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.mx yahoo.de
  yahoo.es yahoo.fr yahoo.in yahoo.it yandex.com yandex.ru yeah.net ymail.com yopmail.com zoho.com zonnet.nl`.split(
    /\s+/,
  ),
);
