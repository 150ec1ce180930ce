import { createHash } from "node:crypto";

/** The console's one stylesheet: system fonts, light and dark, tables that become cards where there is no room. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #fbfbfa; --surface: #ffffff; --ink: #1d2125; --quiet: #565e67; --line: #dcdfe3; --soft: #f0f1f3;
  --link: #0b57a8; --good: #17693a; --busy: #0b57a8; --warn: #7d4e00; --bad: #ab1f1f; --bar: #4a7fb8;
  --hue1: #17608f; --hue2: #a0420b; --hue3: #3d6b1d; --hue4: #7a3f98; --hue5: #0e6b66; --hue6: #8a3358;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181b; --surface: #1c2024; --ink: #e6e8ea; --quiet: #a3abb3; --line: #343a41; --soft: #262b30;
    --link: #82b8f0; --good: #72cf98; --busy: #82b8f0; --warn: #e8bb62; --bad: #ff9c94; --bar: #5c94cf;
    --hue1: #7dbdea; --hue2: #f0a573; --hue3: #a3d17c; --hue4: #d2a3ec; --hue5: #6fd0c8; --hue6: #eda0c2;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: break-word; }
/* Texts of records may be one endless word; our own words are not to be broken in narrow columns. */
bdi, .json { overflow-wrap: anywhere; }
/* An id is read as a whole: room for those of most vendors; only a longer one is broken where there is none. */
.whole { display: inline-block; min-width: 11ch; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: .06em; }
a:hover { text-decoration-thickness: .12em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
main:focus { outline: none; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; font-weight: 650; }
h2 { font-size: 1.15rem; margin: 0 0 .5rem; font-weight: 650; }
h3 { font-size: .95rem; margin: 0; font-weight: 600; color: var(--quiet); }
p { margin: 0 0 .75rem; max-width: 70ch; }
code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.quiet { color: var(--quiet); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: .5rem; top: -4rem; padding: .5rem .75rem; background: var(--surface); border: 1px solid var(--line); }
.skip:focus { top: .5rem; z-index: 1; }

header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem; padding: .6rem clamp(1rem, 4vw, 2.5rem);
  background: var(--surface); border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: center; gap: .5rem; font-weight: 650; color: inherit; text-decoration: none; white-space: nowrap; }
header nav { flex: 1 1 auto; }
header ul { display: flex; flex-wrap: wrap; gap: 0 .25rem; margin: 0 -.6rem; padding: 0; list-style: none; }
header nav a { display: block; padding: .35rem .6rem; color: inherit; text-decoration: none; border-radius: 4px; }
header nav a:hover { background: var(--soft); }
header nav a[aria-current] { font-weight: 600; box-shadow: inset 0 -2px var(--link); border-radius: 4px 4px 0 0; }
.count { padding: 0 .4rem; border-radius: 999px; background: var(--soft); font-size: .8rem; font-variant-numeric: tabular-nums; }
.who { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; font-size: .9rem; }
main { max-width: 76rem; margin: 0 auto; padding: 1.75rem clamp(1rem, 4vw, 2.5rem) 4rem; }
main > section { margin-top: 2.25rem; }

button, input, select, textarea { font: inherit; color: inherit; min-height: 2.25rem; padding: .25rem .6rem; background: var(--surface);
  border: 1px solid var(--quiet); border-radius: 4px; max-width: 100%; }
button { cursor: pointer; font-weight: 550; }
button:hover { background: var(--soft); }
.who button { min-height: 2rem; padding: .1rem .6rem; }
.filter { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem .75rem; margin: 0 0 1.25rem; }
label > span { display: block; font-size: .85rem; color: var(--quiet); }
.filter .wide { flex: 1 1 18rem; max-width: 28rem; }
.filter .wide input { width: 100%; }
.sign-in { max-width: 26rem; }
.sign-in input { width: 100%; }
.sign-in p { margin: .5rem 0 1rem; font-size: .9rem; }
details + .fix { margin-top: .75rem; }
.fix label { display: block; margin: 0 0 .75rem; max-width: 60rem; }
.fix input, .fix textarea { width: 100%; }
.fix .field { margin: 0 0 1rem; }
.fix .field label { margin: 0; }
textarea, pre { font: .88rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
textarea { resize: vertical; }
pre { margin: 0 0 .75rem; padding: .75rem .9rem; max-width: 60rem; white-space: pre-wrap; background: var(--surface);
  border: 1px solid var(--line); border-radius: 6px; }
summary { cursor: pointer; margin-bottom: .5rem; }
.failure { padding: .6rem .9rem; border-left: 4px solid var(--bad); background: var(--surface); }
.empty { padding: .9rem 1rem; border: 1px dashed var(--line); border-radius: 6px; color: var(--quiet); max-width: none; }

table { width: 100%; border-collapse: collapse; background: var(--surface); font-variant-numeric: tabular-nums; font-size: .93rem;
  margin-bottom: .75rem; }
caption { text-align: left; font-size: .85rem; color: var(--quiet); padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { font-size: .82rem; font-weight: 600; color: var(--quiet); white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
time { white-space: nowrap; }
.note { margin: .15rem 0 0; font-size: .85rem; font-weight: 400; color: var(--quiet); max-width: 60ch; }
.lines { white-space: pre-line; }
.plain, .changes { list-style: none; margin: 0; padding: 0; }
.plain li + li, .changes li + li { margin-top: .2rem; }
.changes .from { color: var(--quiet); }
.cited { font-size: .9rem; }
p + .cited { border-left: 3px solid var(--line); padding-left: .75rem; margin-bottom: 1rem; }
h2 + .note { margin-bottom: .6rem; }
.stages { max-width: 40rem; }
.stages td:last-child { width: 50%; vertical-align: middle; }
.bar { display: block; width: 100%; height: .7rem; fill: var(--bar); }
.bar .track { fill: var(--soft); }

.system { display: inline-block; padding: 0 .45rem; border: 1px solid; border-radius: 4px; font-size: .8rem; line-height: 1.45; white-space: nowrap; }
.system[data-hue="1"] { color: var(--hue1); } .system[data-hue="2"] { color: var(--hue2); } .system[data-hue="3"] { color: var(--hue3); }
.system[data-hue="4"] { color: var(--hue4); } .system[data-hue="5"] { color: var(--hue5); } .system[data-hue="6"] { color: var(--hue6); }
.status { white-space: nowrap; font-weight: 550; }
.good { color: var(--good); } .busy { color: var(--busy); } .warn { color: var(--warn); } .bad { color: var(--bad); } .off { color: var(--quiet); }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1px; margin: 0; background: var(--line);
  border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.figures div { background: var(--surface); padding: .7rem 1rem; }
.figures dt { font-size: .85rem; color: var(--quiet); }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0 0 1rem; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; }
.lead { font-size: 1.1rem; }
.pager { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; margin: 1rem 0; }

.timeline section { margin-top: 1.25rem; }
.timeline h3 { padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
.timeline ol { list-style: none; margin: 0; padding: 0; }
.timeline ol > li { display: grid; grid-template-columns: 3.5rem 1fr; gap: .75rem; padding: .6rem 0; border-bottom: 1px solid var(--line); }
.timeline ol > li > time { color: var(--quiet); font-variant-numeric: tabular-nums; }
.timeline p { margin: 0; }
.timeline strong { font-weight: 550; }
.timeline details { font-size: .85rem; color: var(--quiet); }
.timeline summary { cursor: pointer; width: max-content; max-width: 100%; }
.timeline details .facts { margin: .4rem 0; }

@media (max-width: 54rem) {
  main { padding-top: 1.25rem; }
  h1 { font-size: 1.35rem; }
  table, caption, tbody, tr, td, tbody th { display: block; width: auto; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  tbody th, tbody td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .5rem; padding: .2rem .75rem; border: 0; text-align: left; }
  tbody th::before, tbody td::before { content: attr(data-label); font-size: .82rem; color: var(--quiet); padding-top: .1rem; white-space: normal; }
  tbody th { font-weight: 550; }
  tbody td.number { text-align: left; }
  .who { order: 1; margin-left: auto; }
  .who .quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  header nav { order: 2; flex-basis: 100%; }
  .stages td:last-child { width: auto; }
  .stages td:last-child .bar { margin-top: .4rem; }
  .facts { grid-template-columns: minmax(5rem, max-content) 1fr; gap: .25rem .9rem; }
  .timeline ol > li { grid-template-columns: 3rem 1fr; gap: .5rem; }
}
@media (forced-colors: active) { .bar { fill: CanvasText; } .bar .track { fill: Canvas; } }
@media print { header, .filter, .pager, .skip { display: none; } }
`;

/** Where the stylesheet is: another address for other content, so that browsers may keep it. */
export const stylesheetAddress = `/console.css?v=${createHash("sha256").update(stylesheet).digest("hex").slice(0, 12)}`;

/** The mark: three streams that become one line. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" fill="none" stroke="#3b82c4" stroke-width="2.2" stroke-linecap="round"><path d="M2 4c6 0 4 6 9 6M2 10h16M2 16c6 0 4-6 9-6"/><circle cx="17" cy="10" r="1.4" fill="#3b82c4"/></svg>
`;
