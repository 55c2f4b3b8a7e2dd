/** Colours of the page, light and dark, and how it is laid out: for screens of any width, and for paper. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#5b6570;--line:#d5dae0;--soft:#f4f6f8;--add:#0b6b2b;--addbg:#e3f6e8;--del:#a3161f;--delbg:#fde8e9;--accent:#0a58b5;--warn:#8a5300}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#12161b;--fg:#e3e8ee;--dim:#98a4b1;--line:#313a44;--soft:#1b2128;--add:#7ee2a0;--addbg:#12301d;--del:#ff9aa0;--delbg:#3a171b;--accent:#7db7ff;--warn:#f0b45c}}
:root[data-theme=dark]{color-scheme:dark;--bg:#12161b;--fg:#e3e8ee;--dim:#98a4b1;--line:#313a44;--soft:#1b2128;--add:#7ee2a0;--addbg:#12301d;--del:#ff9aa0;--delbg:#3a171b;--accent:#7db7ff;--warn:#f0b45c}
:root[data-theme=light]{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main,header{max-width:66rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.5rem;margin:1.2rem 0 .4rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}
dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
pre,code,.hosts{font:13px/1.45 ui-monospace,monospace}
pre{margin:.4rem 0;padding:.5rem .7rem;background:var(--soft);border-radius:6px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;max-height:32rem;overflow-y:auto}
.tools{position:sticky;top:0;z-index:1;background:var(--bg);border-bottom:1px solid var(--line);padding:.5rem 0;display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
.tools input{flex:1 1 12rem;min-width:0;padding:.35rem .6rem;font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:6px}
.tools button{padding:.35rem .7rem;font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:6px;cursor:pointer}
.count{color:var(--dim);white-space:nowrap}
nav ol{display:flex;flex-wrap:wrap;gap:3px;list-style:none;margin:.7rem 0;padding:0}
nav a{display:block;min-width:1.9rem;padding:.15rem .3rem;text-align:center;font:12px/1.4 ui-monospace,monospace;text-decoration:none;color:var(--fg);background:var(--soft);border-bottom:3px solid var(--line)}
nav .gap{align-self:center;color:var(--dim);font-size:12px}
[data-outcome=changed]{border-color:var(--accent)!important}[data-outcome=ok]{border-color:var(--add)!important}
[data-outcome=failed],[data-outcome=refused]{border-color:var(--del)!important}
[data-outcome=declined],[data-outcome=interrupted]{border-color:var(--warn)!important}
article{border-left:3px solid var(--line);margin:1.1rem 0;padding:.1rem 0 .1rem .9rem;scroll-margin-top:4rem}
article:focus{outline:2px solid var(--accent);outline-offset:4px}
h2{font-size:1rem;margin:0;font-weight:600}h2 small{font-weight:400;color:var(--dim);margin-left:.6rem}
summary{cursor:pointer;padding:.15rem 0;overflow-wrap:anywhere}
summary:focus-visible,a:focus-visible,button:focus-visible,input:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.bad{color:var(--del)}.dim{color:var(--dim)}.lines{white-space:nowrap}
.diff span{display:block;padding:0 .3rem}.diff .a{color:var(--add);background:var(--addbg)}.diff .d{color:var(--del);background:var(--delbg)}.diff .h{color:var(--dim)}
table{border-collapse:collapse;display:block;overflow-x:auto;font:13px/1.45 ui-monospace,monospace}
th,td{text-align:left;padding:.15rem .8rem .15rem 0;border-bottom:1px solid var(--line);vertical-align:top}
[hidden]{display:none!important}
footer{color:var(--dim);padding:1rem 0 2rem}
@media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}article{padding-left:.6rem}.keys{display:none}}
@media print{:root{--bg:#fff;--fg:#000;--dim:#444;--line:#999;--soft:#f6f6f6;--add:#064;--addbg:#fff;--del:#900;--delbg:#fff}
body{font-size:10pt}.tools,nav,.keys{display:none}pre{max-height:none;overflow:visible;border:1px solid var(--line)}article{break-inside:auto}h2{break-after:avoid}}
`

/** What the page does: filters, opens and closes, moves by keys, changes its colours. Without it everything can still be read. */
export const PAGE_SCRIPT = `
'use strict';
const $=s=>document.querySelector(s),all=s=>[...document.querySelectorAll(s)];
const cells=all('article'),input=$('#filter'),count=$('.count'),root=document.documentElement;
const texts=cells.map(cell=>cell.textContent.toLowerCase());
const shown=()=>cells.filter(cell=>!cell.hidden);
function filter(){
  const words=input.value.toLowerCase().split(/\\s+/).filter(Boolean);
  cells.forEach((cell,i)=>{
    cell.hidden=!words.every(word=>texts[i].includes(word)||'is:'+cell.dataset.outcome===word);
    const mark=$('nav a[href="#'+cell.id+'"]');
    if(mark)mark.parentElement.hidden=cell.hidden;
  });
  const left=shown().length;
  count.textContent=left===cells.length?cells.length+' cells':left+' of '+cells.length+' cells';
}
function open(state){for(const each of all('details'))if(!each.closest('[hidden]'))each.open=state}
function go(step){
  const list=shown(),at=list.indexOf(document.activeElement.closest('article'));
  const next=list[at<0?(step>0?0:list.length-1):Math.min(list.length-1,Math.max(0,at+step))];
  if(next){next.focus();next.scrollIntoView({block:'nearest'})}
}
function theme(){
  const dark=root.dataset.theme?root.dataset.theme==='dark':matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme=dark?'light':'dark';
}
input.addEventListener('input',filter);
$('#open').addEventListener('click',()=>open(true));
$('#close').addEventListener('click',()=>open(false));
$('#theme').addEventListener('click',theme);
addEventListener('beforeprint',()=>all('details').forEach(each=>{each.open=true}));
addEventListener('keydown',event=>{
  if(event.ctrlKey||event.metaKey||event.altKey)return;
  if(event.target===input){
    if(event.key==='Escape'){if(input.value){input.value='';filter()}else input.blur()}
    else if(event.key==='Enter'){input.blur();go(1)}
    return;
  }
  const does={'/':()=>input.focus(),j:()=>go(1),k:()=>go(-1),e:()=>open(true),c:()=>open(false),t:theme,
    Enter:()=>{
      if(document.activeElement.tagName!=='ARTICLE')return false;
      const parts=[...document.activeElement.querySelectorAll('details')],some=parts.some(each=>!each.open);
      for(const each of parts)each.open=some;
    }}[event.key];
  if(does&&does()!==false)event.preventDefault();
});
filter();
`
