import { leastSquares } from '../src/numerics/least-squares.js';
const [N,m,k,rank]=process.argv.slice(2).map(Number) as [number,number,number,number];
let st=7; const rnd=()=>{st=(69069*st+1)%2**32;return st/2**32};
const X=Array.from({length:N},(_,i)=>{const r=Array.from({length:m},(_,j)=>j<m-rank?0n:BigInt(rnd()<.5?0:Math.floor(rnd()*256)));r[m-1]=1n;if(m>20){r[15]=i===5?9n:0n;r[16]=i===5?17n:0n;r[17]=r[m-3]!;}return r;});
const Y=X.map(()=>{const c=Math.floor(rnd()*k);return Array.from({length:k},(_,j)=>j===c?1n:0n)});
let last=-1;const t0=performance.now();
const s=leastSquares(X,Y,{observe(d){if(Math.floor(d/5)>last){last=Math.floor(d/5);console.log(d.toFixed(0),((performance.now()-t0)/1e3).toFixed(1)+'s',(process.memoryUsage().rss/1e6).toFixed(0)+'MB')}}});
console.log(s.rank,((performance.now()-t0)/1e3).toFixed(1),process.resourceUsage().maxRSS/1e3,'MB',s.coefficients.denominator.toString(2).length);
