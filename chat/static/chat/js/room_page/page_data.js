/**
 * Reads the data that the server put into the page. Before its first visit the room has no id; `hello` has it.
 * @returns {{room: {id: ?string, name: string, kind: string}, me: {id: string, name: string, claimed: string[]}, snapshot: object}}
 */
export const readPageData = () => ({
  room: { id: parse("room-id"), name: parse("room-name"), kind: parse("room-kind") },
  me: parse("you"),
  snapshot: parse("snapshot"),
});

const parse = (id) => JSON.parse(document.getElementById(id).textContent);
