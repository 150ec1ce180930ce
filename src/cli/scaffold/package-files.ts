/** What stands around the connector; `%ID%` and `%TITLE%` are to be filled in. */
export const packageFiles: Readonly<Record<string, string>> = {
  "jsconfig.json": `{
  "compilerOptions": {
    "checkJs": true,
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "target": "es2023",
    "lib": ["es2023", "dom"],
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "skipLibCheck": true,
    "maxNodeModuleJsDepth": 0,
    "types": []
  },
  "include": ["*.js", "simulator"]
}
`,
  ".gitignore": "node_modules/\n",
  "README.md": `# %TITLE% for journey-hub

A connector: %TITLE%'s contacts and companies on journey-hub's customer timelines. As generated it reads a made-up API, which simulator/ serves;
put your vendor's in its place, file by file, with the tests passing on the way.

    npm install && npm test

| file | what it says | what to do |
|---|---|---|
| index.js | what the connector can do, and the account's limits | your vendor's limits; webhook and writeback when you have them |
| config.js | the settings of a connection | your vendor's; mark secrets |
| client.js | how one request is made and a refusal is read | your vendor's sign-in and its own error codes |
| query.js | the addresses of the API | your vendor's |
| streams.js | what is read, and what a change, a deletion and a page look like | your vendor's objects |
| mappings/%ID%/ | raw fields into journey-hub's vocabulary, with examples | one file an object |
| simulator/ | your vendor's API with state, pages, limits, errors, expiry and troubles | what your vendor really does, its traps first |
| test/ | the contract suite, the declaration, the mappings | more seeds |

## Use it

    npm install --prefix ./data /path/to/this/folder
    # in ./data/journey-hub.yaml:  plugins: [%PACKAGE%]
    journey-hub connect %ID% --connector %ID% --set client_id=… --set client_secret=… --data ./data
    journey-hub sync %ID% --data ./data

Or name this folder itself: plugins: [/path/to/this/folder]. Without an account: journey-hub simulate --vendor %ID% --data ./data.

## Permissions

Say here what the API client must be allowed to do, and where the vendor shows its id and secret.
`,
};
