"""People whose data is kept: finding one by a whole number, and telling what is kept about one (个人信息保护法 第四十五条)."""
