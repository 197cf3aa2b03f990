export { passOn as GET } from "../lib/pass_on.js";
