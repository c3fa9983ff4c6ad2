import{b as n,c as d}from"./chunk-CXM2YCWO.js";var f=n(d(),1);function i(){return(0,f.jsx)("div",{})}export{i as default};
