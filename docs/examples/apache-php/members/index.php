<?php
/* Only members come here: Apache has seen to that, and says in $_SERVER who they are. */
$claims = array_filter(
    $_SERVER,
    fn ($name) => str_starts_with($name, 'OIDC_CLAIM_'),
    ARRAY_FILTER_USE_KEY
);
$scheme = empty($_SERVER['HTTPS']) ? 'http' : 'https';
$home = "$scheme://{$_SERVER['HTTP_HOST']}/";
?>
<!doctype html>
<html lang="ko">
  <meta charset="utf-8">
  <title>PHP</title>
  <h1>PHP</h1>
  <pre id="claims">REMOTE_USER <?= htmlspecialchars($_SERVER['REMOTE_USER']) ?>

<?php foreach ($claims as $name => $value): ?>
<?= htmlspecialchars("$name $value\n") ?>
<?php endforeach ?></pre>
  <a href="/members/callback?logout=<?= urlencode($home) ?>">로그아웃</a>
</html>
