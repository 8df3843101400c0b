// Draw all equations of a page, in place of their source.
document.addEventListener("DOMContentLoaded", () => {
    for (const equation of document.querySelectorAll(".equation")) {
        katex.render(equation.textContent, equation, { displayMode: equation.tagName === "DIV" });
    }
});
