/** The report's style sheet. Colours are those of the picture, in light and dark. */
export const style = `
:root{color-scheme:light dark;--page:#ffffff;--card:#f6f8fa;--edge:#cfd6de;--ink:#17202b;--soft:#505b68;--blue:#1d5fbf;--good:#0a6e63;--bad:#ab2160;--track:#dfe5ec}
@media(prefers-color-scheme:dark){:root{--page:#11151b;--card:#1b222b;--edge:#3a4552;--ink:#e8edf3;--soft:#a5b1be;--blue:#86b6ff;--good:#56d0bf;--bad:#ff97bf;--track:#303a46}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1280px;margin:0 auto;padding:28px 20px 48px}
h1{font-size:28px;line-height:1.2;margin:0 0 8px}
h2{font-size:20px;margin:44px 0 8px}
p{max-width:78ch;margin:8px 0}
code{font:0.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:12px;margin:20px 0}
.tile{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:14px 16px}
.tile b{display:block;font-size:26px;line-height:1.25;font-weight:650}
.tile span{color:var(--soft);font-size:14px}
.note{border-left:4px solid var(--blue);background:var(--card);padding:10px 14px;border-radius:0 8px 8px 0;margin:14px 0}
.picture{margin:14px 0}
table{border-collapse:collapse;width:100%;font-size:14px;margin:10px 0}
th{text-align:left;font-weight:600;color:var(--soft)}
th,td{padding:6px 12px 6px 0;border-bottom:1px solid var(--edge);vertical-align:top;overflow-wrap:anywhere}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}
details{border:1px solid var(--edge);border-radius:8px;margin:8px 0;background:var(--card)}
summary{cursor:pointer;padding:8px 14px}
.types{columns:3 260px;margin:0;padding:4px 14px 12px;list-style:none;font-size:13px}
.types li{display:flex;justify-content:space-between;gap:12px;break-inside:avoid}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:12px 32px}
.pair table{max-width:420px}.pair th,.pair td{overflow-wrap:normal}
h3{font-size:16px;margin:16px 0 4px}
.windows{display:flex;flex-wrap:wrap;gap:10px;padding:0;margin:12px 0;list-style:none}
.windows li{flex:1 1 150px;max-width:220px;border:1px solid var(--edge);border-top:4px solid var(--good);border-radius:8px;padding:8px 12px;background:var(--card);font-size:13px}
.windows li.drifted{border-top-color:var(--bad)}
.windows b{display:block;font-size:14px}
.windows svg{display:block;margin:6px 0}
.features{display:grid;grid-template-columns:minmax(0,max-content) minmax(80px,1fr) auto auto;gap:0 12px;align-items:center;font-size:13px;margin:10px 0}
.features>*{min-height:24px;display:flex;align-items:center}
.features .name{overflow-wrap:anywhere}
.features .value{font-variant-numeric:tabular-nums;justify-content:flex-end}
.features svg{width:100%;height:24px;overflow:visible}
.track{stroke:var(--track);stroke-width:1}.limit{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
.before{fill:var(--page);stroke:var(--good);stroke-width:2}.after{fill:var(--soft)}.after.drifted{fill:var(--bad)}
.way{stroke:var(--soft);stroke-width:1.5;opacity:.6}.way.drifted{stroke:var(--bad)}
.bar{fill:var(--track)}.part{fill:var(--bad)}
.key{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:13px;color:var(--soft);margin:8px 0}
.key span{display:inline-flex;align-items:center;gap:6px}
footer{margin-top:48px;border-top:1px solid var(--edge);padding-top:12px;font-size:13px;color:var(--soft)}
@media(max-width:700px){
main{padding:20px 12px 36px}
h1{font-size:24px}
.rows thead{display:none}
.rows tr{display:block;border-bottom:1px solid var(--edge);padding:8px 0}
.rows td{display:flex;gap:12px;border:0;padding:2px 0;justify-content:space-between;text-align:right;white-space:normal}
.rows td::before{content:attr(data-label);color:var(--soft);flex:none;text-align:left}
.rows td:first-child{font-weight:600;font-size:15px}
.rows td:first-child::before{content:none}
.rows td.none{display:none}
.windows li{max-width:none}
.picture{margin:10px -12px}
}`;
