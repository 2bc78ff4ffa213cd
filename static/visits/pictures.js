/* Photos on the record's page: taken, looked at, kept to be sent, and shown; small pictures are made here and kept nowhere. */
(function () {
  "use strict";

  const sunlot = (window.sunlot = window.sunlot || {});
  const FILE_LIMIT = 20 * 1024 * 1024;
  const PIXEL_LIMIT = 40000000;
  const element = sunlot.element;

  sunlot.Pictures = class {
    constructor(page) {
      this.page = page;
      this.thumbs = new Map();
    }

    async take(input) {
      const item = input.closest(".photos").getAttribute("data-item");
      const evidence = input.closest(".photos").querySelector("input[data-evidence]");
      for (const file of Array.from(input.files)) {
        const why = await this.unfit(file);
        if (why) {
          window.alert(`${file.name}: ${why}`);
          continue;
        }
        const bytes = await file.arrayBuffer();
        const data = { item: item, sent: await sunlot.sha256(bytes), type: file.type, name: file.name };
        if (evidence && evidence.checked) {
          data.evidence = "1";
        }
        const row = await sunlot.store.post(this.page.number, input.getAttribute("data-photo"), data, bytes);
        this.thumbs.set(row.seq, await this.thumb(file));
      }
      input.value = "";
      await this.page.show();
      await this.page.send();
    }

    async unfit(file) {
      if (file.size > FILE_LIMIT) {
        return this.page.texts.tooLarge;
      }
      if (file.type === "application/pdf") {
        return "";
      }
      try {
        const image = await createImageBitmap(file);
        const pixels = image.width * image.height;
        image.close();
        return pixels > PIXEL_LIMIT ? this.page.texts.tooManyPixels : "";
      } catch (error) {
        return this.page.texts.noPhoto;
      }
    }

    async thumb(file) {
      if (file.type === "application/pdf") {
        return null;
      }
      const image = await createImageBitmap(file, { resizeHeight: 160 });
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext("2d").drawImage(image, 0, 0);
      image.close();
      return canvas.toDataURL("image/jpeg", 0.7);
    }

    async show(visit, rows) {
      const lists = new Map();
      this.page.root.querySelectorAll(".photos").forEach((box) => lists.set(box.getAttribute("data-item"), box.querySelector("ul")));
      lists.forEach((list) => (list.textContent = ""));
      (visit.state ? visit.state.photos : []).forEach((photo) => {
        const list = lists.get(photo.scan ? "scan" : String(photo.item || "")) || lists.get("");
        const address = `/office/cases/${this.page.number}/photos/${photo.pk}/`;
        const link = element("a", photo.scan ? this.page.texts.scan : "", { href: address, target: "_blank" });
        if (!photo.scan) {
          link.append(element("img", "", { src: address, alt: this.page.texts.photoSent, loading: "lazy" }));
        }
        list.append(element("li"));
        list.lastChild.append(link);
      });
      for (const row of rows.filter((one) => one.file)) {
        const kept = await sunlot.store.message(row);
        if (!this.thumbs.has(row.seq)) {
          this.thumbs.set(row.seq, await this.thumb(new Blob([kept.file], { type: kept.data.type })).catch(() => null));
        }
        const list = lists.get(row.kind === "scan" ? "scan" : kept.data.item) || lists.get("");
        const made = element("li", "", { class: "waits" });
        const small = this.thumbs.get(row.seq);
        if (small) {
          made.append(element("img", "", { src: small, alt: "" }));
        }
        made.append(element("span", this.page.texts.onPhone));
        list.append(made);
      }
    }
  };
})();
