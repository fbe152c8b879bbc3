/** Shows the links to the settings of the room to who has a role there. @param {{role: ?string}} me */
export const showSettingsLinks = ({ role }) =>
  document.querySelectorAll("[data-settings]").forEach((link) => {
    link.hidden = !role || (link.dataset.settings && role === "member");
  });
