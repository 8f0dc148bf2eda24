<!doctype html>
<html lang="ko">
  <meta charset="utf-8">
  <title>PHP</title>
  <h1>PHP</h1>
  <a href="/members/">로그인</a>
</html>
