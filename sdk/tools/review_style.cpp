// SPDX-License-Identifier: Apache-2.0
#include "review_style.h"

namespace alliance::tools::review {

const std::string_view style_sheet = R"css(
:root{color-scheme:light dark;--paper:#fff;--ink:#1d2730;--soft:#5c6975;--rule:#dbe1e6;--panel:#f5f7f9;
--client:#1667a8;--practitioner:#b25b00;--symptom:#6b4a9e;--safety:#b3261e;--good:#1d7a46;--warn:#8a5a00;--bar:#7fa6c9}
@media (prefers-color-scheme:dark){:root{--paper:#14191e;--ink:#e4e9ed;--soft:#9aa7b2;--rule:#333d46;--panel:#1c232a;
--client:#6fb3ea;--practitioner:#f0a04b;--symptom:#b59be6;--safety:#ff8a80;--good:#6fcf97;--warn:#e5b567;--bar:#3d6a91}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.7em;margin:0 0 4px}h2{font-size:1.3em;margin:44px 0 10px;padding-top:10px;border-top:2px solid var(--ink)}
h3{font-size:1.08em;margin:26px 0 8px}h4{font-size:1em;margin:16px 0 6px}
p{margin:6px 0;max-width:76ch}.soft,small{color:var(--soft)}a{color:var(--client)}
.note{border-left:4px solid var(--warn);background:var(--panel);padding:8px 14px;margin:14px 0;max-width:none}
.stop{border-left:4px solid var(--soft);background:var(--panel);padding:8px 14px;margin:10px 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92em;margin:8px 0}
th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-bottom:1px solid var(--rule)}
th{font-weight:600;color:var(--soft);border-bottom:1px solid var(--soft)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}table.factors th:nth-child(2){width:17%}table.factors th:nth-child(3){width:34%}table.factors th:nth-child(4){width:19%}
td.k{white-space:nowrap;font-weight:600}
ul{margin:0;padding-left:16px}td ul{padding-left:14px}
nav{columns:4 150px;font-size:.92em;margin:10px 0}nav a{display:block}
section.client{break-inside:avoid-page}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(340px,1fr));gap:12px;margin:10px 0}
svg.plot{width:100%;max-width:520px;height:auto;background:var(--panel);border-radius:6px}
svg.spark{width:84px;height:30px;vertical-align:middle}
svg text{font:10.5px system-ui,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--ink)}
svg .title{font-weight:600;font-size:11.5px}svg .tick{fill:var(--soft)}svg .name{fill:var(--soft)}
svg .end{text-anchor:end}svg .middle{text-anchor:middle}
svg .grid{stroke:var(--rule)}svg .axis{stroke:var(--soft)}
svg .line{fill:none;stroke-width:1.8;stroke:var(--client)}svg .dot{fill:var(--client)}
svg .line.practitioner{stroke:var(--practitioner);stroke-dasharray:5 3}svg .dot.practitioner{fill:var(--practitioner)}
svg .line.symptom{stroke:var(--symptom)}svg .dot.symptom{fill:var(--symptom)}
svg .line.other{stroke:var(--soft)}svg .dot.other{fill:var(--soft)}
svg .mark{fill:none;stroke-width:1.8}svg .mark.drop,svg .mark.unrepaired{stroke:var(--safety)}
svg .mark.repaired{stroke:var(--good)}svg .mark.silent{stroke:var(--soft);stroke-dasharray:3 3}
svg .mark.safety{stroke:var(--safety);stroke-dasharray:3 3}svg .flag.safety{fill:var(--safety)}svg .flag.silent{fill:var(--soft)}
svg .planned{fill:none;stroke:var(--soft)}svg .used{fill:var(--bar)}svg .used.over{fill:var(--practitioner)}
.tag{display:inline-block;border:1px solid currentColor;border-radius:9px;padding:0 8px;font-size:.82em;white-space:nowrap}
.tag.safety{color:var(--safety)}.tag.good{color:var(--good)}.tag.warn{color:var(--warn)}.tag.soft{color:var(--soft)}
th[scope=row]{font-weight:400;color:inherit;border-bottom:1px solid var(--rule)}caption.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
nav.languages{columns:auto;text-align:end}nav.languages a,p.way a,footer button{display:inline-block;min-height:2rem;padding:4px 8px}nav.languages a[aria-current]{color:inherit;font-weight:600;text-decoration:none}
.crisis{border:2px solid var(--warn);border-radius:10px;padding:4px 16px 10px;margin:28px 0}.crisis h2{border:0;margin:6px 0;padding:0}.crisis ul{list-style:none;padding:0}.crisis a{display:inline-block;padding:6px 0;font-weight:600;color:inherit}
.whole{white-space:nowrap}td,th{min-width:2.8em}dt{font-weight:600}dd{margin:0 0 8px}code{overflow-wrap:anywhere}summary{cursor:pointer;padding:6px 0;color:var(--client)}li small{font-size:.9em}
footer{margin-top:48px;border-top:1px solid var(--rule);padding-top:10px}
@media print{:root{--paper:#fff;--ink:#000;--soft:#444;--rule:#bbb;--panel:#fff;--client:#0b4d82;--practitioner:#8a4600;
--symptom:#4a2f78;--safety:#8c1d18;--good:#14592f;--warn:#6b4600;--bar:#9bb9d4}
body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}h2,h3,h4{break-after:avoid}
tr,svg,.note,.stop{break-inside:avoid}section.client{break-before:page}main>section.client:first-of-type{break-before:auto}form{display:none}.note{padding:2px 10px;margin:4px 0}footer{margin-top:6px}nav.languages,summary{display:none}
section.client.brief{break-inside:auto}.way{display:none}.brief,.brief table{font-size:9pt}.brief h4{margin:8px 0 2px}.brief p{margin:2px 0;max-width:none}.brief td,.brief th{padding:1px 8px 1px 0}a{color:inherit;text-decoration:none}
.plots{grid-template-columns:1fr 1fr}}
)css";

}  // namespace alliance::tools::review
