/** Readable in light and dark, on a phone and on paper. Its hash stands in the page's policy. */
export const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --dim: color-mix(in srgb, currentColor 62%, transparent); --soft: color-mix(in srgb, currentColor 6%, transparent); }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 60rem); gap: 2.5rem; padding: 0 1.5rem }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 1.5rem 0; font-size: 13px }
nav h2 { font-size: 12px; text-transform: uppercase; letter-spacing: .06em; color: var(--dim); margin: 1.2rem 0 .2rem }
nav ul { list-style: none; margin: 0; padding: 0 }
nav a { display: block; padding: .15rem 0; color: inherit; text-decoration: none }
nav a:hover, nav a:focus-visible { text-decoration: underline }
main { padding: 1.5rem 0 6rem }
h1 { font-size: 1.7rem; margin: 0 0 .5rem } main > section > h2 { border-bottom: 1px solid var(--line); padding-bottom: .3rem; margin-top: 3rem }
article { padding: 1rem 0 1.5rem; border-bottom: 1px solid var(--line); scroll-margin-top: 1rem }
h3 { margin: 0; font-size: 1.05rem } h4 { margin: 1rem 0 .3rem; font-size: .8rem; text-transform: uppercase; letter-spacing: .05em; color: var(--dim) }
code, .path { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere }
.path { margin: .3rem 0 } .method { display: inline-block; min-width: 4.2rem; font-weight: 700; text-transform: uppercase }
.method.get { color: #0a7d4b } .method.post { color: #1d5fd0 } .method.put, .method.patch { color: #a05a00 } .method.delete { color: #c02626 }
table { border-collapse: collapse; width: 100% } td { padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top }
td:first-child { width: 15rem } td:nth-child(2) { width: 13rem; color: var(--dim); font-size: 13px }
.req { color: #c02626; font-size: 12px } p { margin: .4rem 0 } ul { margin: .3rem 0 }
details { margin: .4rem 0; background: var(--soft); border-radius: 6px; padding: .4rem .8rem } summary { cursor: pointer }
@media (prefers-color-scheme: dark) { .method.get { color: #4ecb8f } .method.post { color: #7fb0ff } .method.put, .method.patch { color: #e6a75a } .method.delete, .req { color: #ff8080 } }
@media (max-width: 60rem) { body { display: block } nav { position: static; max-height: none } td:first-child, td:nth-child(2) { width: auto } }
@media print { nav { display: none } }
`;
