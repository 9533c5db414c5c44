const COLORS = `
:root{color-scheme:light dark;--page:#fff;--side:#f6f7f9;--text:#1c2430;--quiet:#56606e;--line:#dde1e7;--code:#f3f4f7;--accent:#0b57b0;--get:#0b6b3a;--post:#0b57b0;--put:#8a5200;--patch:#6d3bb0;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--page:#12161c;--side:#171c24;--text:#e4e8ee;--quiet:#a3adba;--line:#2c3440;--code:#1c232d;--accent:#82b7ff;--get:#6fd39b;--post:#82b7ff;--put:#f0b35e;--patch:#c9a6ff;--delete:#ff9a92}}
`;

const LAYOUT = `
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;display:grid;grid-template-columns:19rem minmax(0,1fr);background:var(--page);color:var(--text);font:1rem/1.55 system-ui,sans-serif}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;z-index:1;padding:.5rem 1rem;background:var(--page)}
.side{position:sticky;top:0;height:100vh;overflow-y:auto;padding:1.25rem;background:var(--side);border-right:1px solid var(--line)}
main{width:100%;max-width:76rem;margin:0 auto;padding:1.5rem 2.5rem 6rem}
.columns{display:grid;grid-template-columns:minmax(0,1.15fr) minmax(0,1fr);gap:2rem}
.samples{position:sticky;top:1rem;align-self:start}
@media(max-width:68rem){.columns{grid-template-columns:minmax(0,1fr);gap:.5rem}.samples{position:static}}
@media(max-width:50rem){
.facts div{flex-wrap:wrap;gap:0 1rem}
body{display:block}
.side{position:static;height:auto;padding:1rem;border-right:0;border-bottom:1px solid var(--line)}
main{padding:1rem 1rem 4rem}
nav .operations,nav .group{display:none}
nav ul{display:inline}
nav li{display:inline-block;margin:0 1rem .25rem 0}
}
@media print{body{display:block}.side{display:none}}
`;

const TEXT = `
h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0 1rem}
h2{font-size:1.5rem;margin:3rem 0 .5rem}
h3{font-size:1.2rem;margin:2rem 0 .25rem}
h4,h5{font-size:1rem;margin:0}
h5{margin-top:1.5rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
p,dl{margin:.5rem 0}
main>section>p,main>section>section>p{max-width:46rem}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code,pre{font:.875em/1.5 ui-monospace,Menlo,Consolas,monospace}
p code,dd code,li p code,.type code,.rules code{padding:.1em .3em;border-radius:.25rem;background:var(--code);overflow-wrap:anywhere}
.version{font-size:1rem;font-weight:400;color:var(--quiet)}
::placeholder{color:var(--quiet);opacity:1}
.type,.rules{color:var(--quiet);font-size:.875rem;font-weight:400}
[hidden]{display:none!important}
`;

const SIDE = `
.brand{margin:0 0 1rem;font-size:1.15rem;font-weight:700}
search input{width:100%;padding:.5rem .7rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--page);color:inherit;font:inherit}
#found{margin:.25rem 0;min-height:1.55em;font-size:.875rem;color:var(--quiet)}
nav{font-size:.875rem;line-height:1.4}
nav ul{list-style:none;margin:0;padding:0}
nav .group{margin:1.25rem 0 .25rem;color:var(--quiet);font-size:.75rem;font-weight:600;letter-spacing:.05em;text-transform:uppercase}
nav a{display:block;padding:.25rem 0;color:inherit;text-decoration:none}
nav a:hover{color:var(--accent);text-decoration:underline}
nav .tag{font-weight:600}
nav .operations a{display:flex;gap:.5rem}
nav .method{flex:0 0 4.3em}
`;

const ENTRIES = `
.method{color:var(--text);font-size:.75rem;font-weight:700;line-height:1.6}
.method.get{color:var(--get)}.method.post{color:var(--post)}.method.put{color:var(--put)}.method.patch{color:var(--patch)}.method.delete{color:var(--delete)}
.operation,.object{margin:.6rem 0;border:1px solid var(--line);border-radius:.5rem}
.operation>summary,.object>summary{padding:.7rem 1rem;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
.operation>summary:hover,.object>summary:hover{background:var(--side)}
.operation[open]>summary,.object[open]>summary{border-bottom:1px solid var(--line);border-radius:.5rem .5rem 0 0;background:var(--side)}
.operation h4{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;justify-content:space-between;font-weight:400}
.object h3{font-size:1rem;margin:0}
.call{display:flex;gap:.6rem;align-items:baseline;min-width:0}
.call .method{flex:0 0 4.3em}
.call code{font-weight:600;overflow-wrap:anywhere}
.does{color:var(--quiet);font-size:.9rem}
.inside{padding:.75rem 1rem 1.25rem}
.facts div{display:flex;gap:1rem;padding:.25rem 0}
.facts dt{flex:0 0 12rem;color:var(--quiet)}
.facts dt::first-letter{text-transform:uppercase}
.inside .facts dt{flex-basis:6rem}
.facts dd{margin:0;min-width:0}
.fields{list-style:none;margin:0;padding:0}
.fields li{padding:.55rem 0;border-bottom:1px solid var(--line)}
.fields li:last-child{border-bottom:0}
.fields .fields{margin:.5rem 0 0;padding-left:1rem;border-left:2px solid var(--line)}
.fields p{margin:.15rem 0;font-size:.9rem}
.name{font-weight:600;overflow-wrap:anywhere}
.required{color:var(--delete);font-size:.875rem}
figure{margin:.75rem 0}
figcaption{color:var(--quiet);font-size:.8rem}
pre{margin:.25rem 0 0;padding:.75rem;border-radius:.4rem;background:var(--code);white-space:pre-wrap;overflow-wrap:anywhere}
.status{font-weight:700;color:var(--delete)}
.status.good{color:var(--get)}
.refusals{margin-top:1.5rem}
.refusals summary{cursor:pointer;color:var(--accent)}
.refusals>ul{list-style:none;margin:0;padding:0}
.refusals>ul>li{padding:.75rem 0;border-bottom:1px solid var(--line)}
.refusals li>p{margin:.25rem 0;font-size:.9rem}
.refusals li>ul:not(.fields){margin:.25rem 0;padding-left:1.25rem;font-size:.9rem}
`;

/** Plain text, because the policy allows it by the hash of exactly these bytes. */
export const STYLE = COLORS + LAYOUT + TEXT + SIDE + ENTRIES;
