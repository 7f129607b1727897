/**
 * Parts of Node that are dear and needed late, or never. An `import` of node:http reads every export of it, one of which brings in all
 * of undici (WebSocket, lib/http.js of Node): 17 MB resident with Node 24, which a call that only asks for the module does not cost.
 */
export const nodeHttp = () => process.getBuiltinModule('node:http');
export const nodeHttps = () => process.getBuiltinModule('node:https');
export const nodeTls = () => process.getBuiltinModule('node:tls');
