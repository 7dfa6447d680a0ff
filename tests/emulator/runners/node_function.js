// node node_function.js <folder> <module.function>: the event on stdin, the result on the last line of stdout.
// Answers to loopback go over HTTP: the functions of the CDK always speak HTTPS, which the emulator does not.
const http = require('http'), https = require('https'), path = require('path');
const overTls = https.request.bind(https);
const local = new Set(['127.0.0.1', 'localhost']);
https.request = (options, ...rest) =>
  local.has(options && (options.hostname || options.host))
    ? http.request({ ...options, port: options.port || process.env.MOTO_PORT, protocol: 'http:', agent: undefined }, ...rest)
    : overTls(options, ...rest);
const [folder, handler] = process.argv.slice(2);
const [file, name] = handler.split('.');
const context = {
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  awsRequestId: 'emulator',
  logStreamName: 'emulator',
  getRemainingTimeInMillis: () => 60000,
};
const say = (value) => process.stdout.write('\n' + JSON.stringify(value === undefined ? null : value) + '\n');
process.chdir(folder);
let text = '';
process.stdin.on('data', (part) => (text += part)).on('end', async () => {
  try {
    say(await require(path.join(folder, file))[name](JSON.parse(text), context));
    process.exit(0);
  } catch (error) {
    console.error(error);
    say({ errorMessage: String(error), errorType: error.name });
    process.exit(1);
  }
});
