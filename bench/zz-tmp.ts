import { solveIntegerSystem } from '../src/numerics/dixon.js';
import { gramRows } from '../src/numerics/gram.js';
const n = Number(process.argv[2]), bits = Number(process.argv[3]), reps=Number(process.argv[4]);
const rnd=()=>BigInt(Math.floor((Math.random()-.5)*2**bits));
const Xy=Array.from({length:2*n},()=>Array.from({length:n+1},rnd));
const P=gramRows(Xy,n,Xy.map(()=>1n),()=>{});const G=P.map(r=>r.slice(0,n)),b=P.map(r=>r.slice(n));
for(let q=0;q<reps;q++){const t=performance.now();const s=solveIntegerSystem(G,b);const e=performance.now()-t;if(s==='singular')throw 1;
console.log(n,bits,e.toFixed(1),s.denominator.toString(2).length);}
