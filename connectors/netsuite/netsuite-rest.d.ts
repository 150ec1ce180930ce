/** The part of netsuite-rest 1.0.9 we use: its OAuth 1.0a signer. The package ships no types of its own. */
declare module "netsuite-rest" {
  interface NetsuiteRestOptions {
    consumer_key: string;
    consumer_secret_key: string;
    token: string;
    token_secret: string;
    /** The account id in upper case with an underscore: `1234567_SB1`. */
    realm: string;
  }

  class NetsuiteRest {
    constructor(options: NetsuiteRestOptions);
    /** Signs one attempt: a new nonce and timestamp at each call. `url` is absolute and carries the query that is sent. */
    getAuthorizationHeader(request: { url: string; method: string }): { Authorization: string };
  }

  export = NetsuiteRest;
}
