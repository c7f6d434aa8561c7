// A provider of OpenID Connect on this machine, for tests: `node provider.mjs REDIRECT_URI`. Says its address when it is up.
// Who signs in as "x@y" has that as mail address; as "none" has none, as "unsure@y" one that nobody verified.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const server = createServer((request, response) => answer(request, response));
let answer;
server.listen(0, "localhost", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "knooppunt", client_secret: "geheim", redirect_uris: [process.argv[2]] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
    scopes: ["openid", "email"],
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => id === "none"
        ? { sub: id }
        : { sub: `id-of-${id}`, email: id, email_verified: !id.startsWith("unsure"), groups: ["beheerder"] },
    }),
  });
  answer = provider.callback();
  console.log(issuer);
});
