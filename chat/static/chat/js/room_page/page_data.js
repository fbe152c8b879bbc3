/**
 * Reads the data that the server put into the page.
 * @returns {{roomName: string, me: {id: string, name: string}, snapshot: object}}
 */
export const readPageData = () => ({ roomName: parse("room-name"), me: parse("you"), snapshot: parse("snapshot") });

const parse = (id) => JSON.parse(document.getElementById(id).textContent);
