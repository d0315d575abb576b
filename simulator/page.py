"""The customer's page: plain, one document, redrawn twice a second."""

DOCUMENT = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Messenger simulator</title><style>
body{font:15px/1.45 system-ui,sans-serif;margin:0;background:#f0f2f5;color:#1c1e21}main{max-width:46rem;margin:0 auto;padding:1rem}
header{display:flex;gap:.5rem;flex-wrap:wrap;align-items:center}h1{font-size:1.1rem;margin:0 auto 0 0}
#said{list-style:none;margin:1rem 0;padding:1rem;background:#fff;border-radius:12px;min-height:16rem}
#said li{max-width:75%;margin:.35rem 0;padding:.5rem .8rem;border-radius:14px;width:fit-content;white-space:pre-wrap}
.customer{background:#0a66d8;color:#fff;margin-inline-start:auto!important}.page{background:#e4e6eb}.action{color:#555;font-size:.85em}
button,input,select{font:inherit;padding:.4rem .7rem;border-radius:8px;border:1px solid #8a8d91;background:#fff}
form{display:flex;gap:.5rem;flex-wrap:wrap}form input[name=text]{flex:1;min-width:12rem}li button{padding:0 .4rem;font-size:.8em;margin-inline-start:.4rem}
details{margin-top:1rem}details button{margin:.2rem}</style>
<main><header><h1>Messenger simulator</h1><label>Page <select id="page"></select></label>
<label>You are <select id="person"></select></label><button id="new">Somebody new</button></header>
<ol id="said" aria-live="polite"></ol>
<form id="say"><input name="text" aria-label="Message" placeholder="Write to the page" autocomplete="off"><button>Send</button>
<input type="file" id="file" aria-label="Send a file"><button type="button" data-do="start">Get started</button>
<input name="ref" size="10" aria-label="ref of an m.me link" placeholder="m.me ref"><button type="button" data-do="read">Read</button></form>
<details><summary>Faults and time</summary><p id="state"></p>
<button data-fault="limit">Rate limit, once</button><button data-fault="token">Token gone (190), once</button>
<button data-fault="busy">Busy, once</button><button data-fault="blocked">Person not available, once</button>
<button data-fault="die">Take it, then cut the line</button><button data-fault="duplicate">Next post three times</button>
<button data-fault="reorder">Hold the next post back</button><button data-fault="no-echo">No echo, once</button>
<button data-slow="3">Slow (3 s)</button><button data-slow="0">Fast</button>
<button data-control="263902037430900">Facebook’s inbox takes them</button><button data-control="">Back to the app</button>
<button data-later="25">25 hours pass</button><button data-later="192">8 days pass</button></details></main>
<script>
const $=(id)=>document.getElementById(id),call=(path,told)=>fetch("/simulator/"+path,{method:"POST",headers:{"Content-Type":"application/json"},body:JSON.stringify(told)});
const who=()=>({page:$("page").value,person:$("person").value});let drawn="";
const fill=(select,rows)=>{const chosen=select.value;if(select.dataset.is===JSON.stringify(rows))return;select.dataset.is=JSON.stringify(rows);
select.replaceChildren(...rows.map((row)=>new Option(row.name,row.id)));if(chosen)select.value=chosen};
const line=(one)=>{const li=document.createElement("li");li.className=one.by+(one.action?" action":"");
li.textContent=one.action?one.action:(one.text||(one.file?one.file.name:one.url?"(file)":"(nothing)"))+(one.tag?"  ["+one.tag+"]":"");
if(one.file){const a=document.createElement("a");a.href=one.file.url;a.textContent=" open";li.append(a)}
for(const choice of one.choices||[]){const b=document.createElement("button");b.textContent=choice;b.onclick=()=>call("say",{...who(),text:choice,payload:choice});li.append(b)}
const tool=(name,run)=>{const b=document.createElement("button");b.textContent=name;b.onclick=run;li.append(b)};
if(one.mid&&one.by==="page")tool("\\u2764",()=>call("react",{...who(),mid:one.mid,emoji:"\\u2764"}));
if(one.mid&&one.by==="customer"&&one.text){tool("edit",()=>{const text=prompt("New words",one.text);if(text)call("edit",{...who(),mid:one.mid,text})});tool("unsend",()=>call("unsend",{...who(),mid:one.mid}))}
return li};
const draw=async()=>{const state=await(await fetch("/simulator/state?"+new URLSearchParams(who()))).json();
fill($("page"),state.pages);const page=state.pages.find((one)=>one.id===$("page").value);fill($("person"),page?page.people:[]);
const now=JSON.stringify(state.said);if(now!==drawn){drawn=now;$("said").replaceChildren(...state.said.map(line))}
$("state").textContent=`Posts waiting: ${state.waiting}. Refused so far: ${state.refusals}. Clock ahead: ${state.ahead/3600} h. Faults due: ${JSON.stringify(state.faults)}`};
$("say").onsubmit=(event)=>{event.preventDefault();const form=event.target;call("say",{...who(),text:form.text.value,ref:form.ref.value});form.reset()};
$("new").onclick=()=>{const name=prompt("Their name");if(!name)return;const id=String(Date.now());call("read",{page:$("page").value,person:id,name}).then(()=>draw()).then(()=>{$("person").value=id})};
$("file").onchange=(event)=>{const told=new FormData();told.append("page",who().page);told.append("person",who().person);told.append("file",event.target.files[0]);fetch("/simulator/file",{method:"POST",body:told});event.target.value=""};
document.addEventListener("click",(event)=>{const b=event.target.closest("button");if(!b)return;const d=b.dataset;
if(d.do)call(d.do,{...who(),ref:$("say").ref.value});if(d.control!==undefined)call("control",{...who(),app:d.control});if(d.fault)call("fault",{name:d.fault});if(d.slow)call("slow",{seconds:d.slow});if(d.later)call("later",{hours:d.later})});
setInterval(draw,500);draw();
</script></html>
"""
