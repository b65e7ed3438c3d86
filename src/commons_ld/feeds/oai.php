<?php
// OAI-PMH 2.0 for a web host that runs PHP (7.4 or later, with zlib), written by commons-ld.
// It answers as "commons-ld serve" does, from three files beside it, and writes none:
//   repository.json  the answers that are the same for everybody, and what identifiers begin with
//   records.txt      a line for each record that ever was, by datestamp and name
//   records.bin      of each record its name and its metadata in every format, packed
// Changes to this program are lost at the next export.

declare(strict_types=1);

ini_set('display_errors', '0');

const FOLDER = __DIR__ . '/';
// Bytes of a body, and arguments of a request.
const MOST_BYTES = 16384;
const MOST_ARGUMENTS = 16;
// Bytes of a resumption token before what it says: the beginning of the SHA-256 of that.
const SUM = 6;
// What a resumption token says: prefix, from, until, set, the last datestamp and name, how many were sent, how many there are.
const KINDS = ['string', 'string', 'string', 'string', 'string', 'string', 'integer', 'integer'];
// Of each verb, the arguments it must have and those it may.
const VERBS = [
    'Identify' => [[], []],
    'ListMetadataFormats' => [[], ['identifier']],
    'ListSets' => [[], ['resumptionToken']],
    'GetRecord' => [['identifier', 'metadataPrefix'], []],
    'ListIdentifiers' => [['metadataPrefix'], ['from', 'until', 'set']],
    'ListRecords' => [['metadataPrefix'], ['from', 'until', 'set']],
];

// A request that is answered with an error of the protocol (section 3.6).
class OaiError extends Exception
{
    public string $kind;

    public function __construct(string $kind, string $sentence)
    {
        parent::__construct($sentence);
        $this->kind = $kind;
    }
}

// What can be answered with a status of HTTP alone.
class HttpError extends Exception
{
}

// ── XML ─────────────────────────────────────────────────────────────────────────────────────────────────

function escaped(string $text): string
{
    $told = preg_replace('/[^\t\n\r\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]/u', '', $text) ?? '';
    return strtr($told, ['&' => '&amp;', '<' => '&lt;', '>' => '&gt;']);
}

function element(string $name, string $text = '', array $attributes = []): string
{
    $told = '';
    foreach (array_filter($attributes, fn($value) => $value !== '') as $key => $value) {
        $quoted = strtr(escaped($value), ['"' => '&quot;', "\t" => '&#9;', "\n" => '&#10;', "\r" => '&#13;']);
        $told .= " $key=\"$quoted\"";
    }
    return $text === '' ? "<$name$told/>" : "<$name$told>" . escaped($text) . "</$name>";
}

// ── The request ─────────────────────────────────────────────────────────────────────────────────────────

// Returns the arguments, each with its name, as often as it was given; none if they cannot be read.
function arguments(string $query): array
{
    $pieces = explode('&', $query);
    $found = [];
    foreach (count($pieces) > MOST_ARGUMENTS ? [] : array_filter($pieces, 'strlen') as $piece) {
        [$name, $value] = array_map('urldecode', explode('=', $piece, 2) + [1 => '']);
        if (!preg_match('//u', $name . $value)) {
            return [];
        }
        $found[] = [$name, $value];
    }
    return $found;
}

// Returns the verb of a request whose arguments may stand together.
function verb(array $arguments): string
{
    $verbs = array_column(array_filter($arguments, fn($one) => $one[0] === 'verb'), 1);
    if (count($verbs) !== 1 || !isset(VERBS[$verbs[0]])) {
        throw new OaiError('badVerb', 'one verb is needed: ' . implode(', ', array_keys(VERBS)));
    }
    [$needed, $allowed] = VERBS[$verbs[0]];
    $others = array_values(array_diff(array_column($arguments, 0), ['verb']));
    if (count(array_unique($others)) < count($others)) {
        throw new OaiError('badArgument', 'an argument is given twice');
    }
    if (in_array('resumptionToken', $others, true) && $needed === ['metadataPrefix']) {
        if (count($others) > 1) {
            throw new OaiError('badArgument', 'resumptionToken is an exclusive argument');
        }
    } elseif ($missing = array_values(array_diff($needed, $others))) {
        throw new OaiError('badArgument', "$verbs[0] needs the argument $missing[0]");
    } elseif (array_diff($others, $needed, $allowed)) {
        $taken = implode(', ', array_merge($needed, $allowed)) ?: 'none';
        throw new OaiError('badArgument', "$verbs[0] takes no other arguments than $taken");
    }
    return $verbs[0];
}

function is_time(string $text): bool
{
    if (!preg_match('/^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)Z)?$/D', $text, $parts)) {
        return false;
    }
    [, $year, $month, $day, $hour, $minute, $second] = array_map('intval', $parts) + [4 => 0, 5 => 0, 6 => 0];
    return checkdate($month, $day, $year) && $hour < 24 && $minute < 60 && $second < 60;
}

// Returns what a new list is asked for, in the order of a resumption token.
function begun(array $given): array
{
    $since = $given['from'] ?? '';
    $until = $given['until'] ?? '';
    foreach (['from', 'until'] as $name) {
        if (isset($given[$name]) && !is_time($given[$name])) {
            throw new OaiError('badArgument', "$name must be such as 2026-11-25 or 2026-11-25T10:00:00Z");
        }
    }
    if ($since !== '' && $until !== '' && strlen($since) !== strlen($until)) {
        throw new OaiError('badArgument', 'from and until must be told equally exactly');
    }
    if ($since !== '' && $until !== '' && strcmp($since, $until) > 0) {
        throw new OaiError('badArgument', 'from is later than until');
    }
    return [$given['metadataPrefix'], $since, $until, $given['set'] ?? '', '', '', 0, 0];
}

function continued(string $token): array
{
    $data = (string) base64_decode(strtr($token, '-_', '+/'));
    $asked = json_decode((string) substr($data, SUM), true);
    if (!is_array($asked) || array_map('gettype', $asked) !== KINDS || token($asked) !== $token) {
        throw new OaiError('badResumptionToken', 'this is no token that was given here');
    }
    return $asked;
}

function token(array $asked): string
{
    $data = json_encode($asked, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    return rtrim(strtr(base64_encode(substr(hash('sha256', $data, true), 0, SUM) . $data), '+/', '-_'), '=');
}

// ── What there is ───────────────────────────────────────────────────────────────────────────────────────

function opened(string $name)
{
    $file = fopen(FOLDER . $name, 'rb');
    if ($file === false) {
        throw new HttpError('the files in feeds/oai/ cannot be read', 503);
    }
    return $file;
}

// Yields datestamp, name, sets, and where the record lies in records.bin: its beginning and its length.
// The lines ascend: those before $begin are not read.
function rows(string $begin = ''): Generator
{
    $file = opened('records.txt');
    fseek($file, $begin === '' ? 0 : place($file, $begin));
    while (($line = fgets($file)) !== false) {
        yield explode("\t", rtrim($line, "\n"));
    }
}

// Returns where the first line begins that is not before a text: the half in which it must be is halved again.
function place($file, string $text): int
{
    $low = 0;
    $high = fstat($file)['size'];
    while ($low < $high) {
        $middle = intdiv($low + $high, 2);
        fseek($file, max($middle - 1, 0));
        if ($middle > 0) {
            fgets($file); // the rest of the line before
        }
        $start = ftell($file);
        $line = fgets($file);
        if ($line === false || strcmp($line, $text) >= 0) {
            $high = $middle;
        } else {
            $low = $start + strlen($line);
        }
    }
    return $low;
}

function row(string $identifier, array $repository): array
{
    $begin = $repository['identifiers'];
    $name = substr($identifier, strlen($begin));
    foreach (strncmp($identifier, $begin, strlen($begin)) === 0 ? rows() : [] as $row) {
        if ($row[1] === $name) {
            return $row;
        }
    }
    throw new OaiError('idDoesNotExist', 'there is no record of that identifier, and never was');
}

function matches(array $row, array $asked): bool
{
    [$datestamp, $name, $sets] = $row;
    [, $since, $until, $set, $at, $last] = $asked;
    $is_in = fn($one) => strncmp("$one:", "$set:", strlen("$set:")) === 0;
    // Times are compared as texts: a day is the beginning of each of its seconds.
    return ($at === '' || (strcmp($datestamp, $at) ?: strcmp($name, $last)) > 0)
        && strcmp($datestamp, $since) >= 0
        && ($until === '' || strcmp(substr($datestamp, 0, strlen($until)), $until) <= 0)
        && ($set === '' || array_filter(explode(' ', $sets), $is_in) !== []);
}

// Returns which part of a record is in a format.
function format(string $prefix, array $repository): int
{
    if (!isset($repository['formats'][$prefix])) {
        throw new OaiError('cannotDisseminateFormat', 'there is: ' . implode(', ', array_keys($repository['formats'])));
    }
    return $repository['formats'][$prefix];
}

function head(array $row, array $repository): string
{
    [$datestamp, $name, $sets, , $length] = $row;
    $told = element('identifier', $repository['identifiers'] . $name) . element('datestamp', $datestamp);
    foreach (array_filter(explode(' ', $sets), 'strlen') as $set) {
        $told .= element('setSpec', $set);
    }
    return '<header' . ($length === '0' ? ' status="deleted"' : '') . ">$told</header>\n";
}

function record(array $row, int $format, array $repository): string
{
    $header = head($row, $repository);
    [, $name, , $start, $length] = $row;
    if ($length === '0') {
        return "<record>$header</record>\n";
    }
    $packed = (string) stream_get_contents(opened('records.bin'), (int) $length, (int) $start);
    $parts = explode("\0", (string) gzinflate($packed));
    if ($parts[0] !== $name || !isset($parts[$format])) {
        throw new HttpError('another publication is taking the place of this one', 503);
    }
    return "<record>$header<metadata>\n{$parts[$format]}\n</metadata></record>\n";
}

// ── The answers ─────────────────────────────────────────────────────────────────────────────────────────

function listed(array $given, array $repository, bool $is_whole): string
{
    $is_first = !isset($given['resumptionToken']);
    $asked = $is_first ? begun($given) : continued($given['resumptionToken']);
    [$prefix, $since, , , $at, $name, $cursor, $size] = $asked;
    $format = format($prefix, $repository);
    $answer = '';
    $count = 0;
    $last = [];
    // A line begins with a datestamp and a name. A line feed is more than the tabulator behind the name that was sent
    // last, and less than whatever makes a name longer: the list goes on with the line after that one.
    foreach (rows($at === '' ? $since : "$at\t$name\n") as $row) {
        if (!matches($row, $asked)) {
            continue;
        }
        if (++$count <= $repository['batch']) {
            $answer .= $is_whole ? record($row, $format, $repository) : head($row, $repository);
            $last = $row;
        } elseif ($size !== 0) {
            break; // they were counted when the list was begun
        }
    }
    if ($count === 0) {
        throw $is_first
            ? new OaiError('noRecordsMatch', 'no record is in that set and changed in that time')
            : new OaiError('badResumptionToken', 'the list ends there');
    }
    $size = $size ?: $count;
    $told = ['completeListSize' => (string) $size, 'cursor' => (string) $cursor];
    if ($count > $repository['batch']) {
        $following = array_replace($asked, [4 => $last[0], $last[1], $cursor + $repository['batch'], $size]);
        $answer .= element('resumptionToken', token($following), $told) . "\n";
    } elseif (!$is_first) {
        $answer .= element('resumptionToken', '', $told) . "\n";
    }
    return $answer;
}

function answered(string $verb, array $given, array $repository): string
{
    if ($verb === 'GetRecord') {
        $row = row($given['identifier'], $repository);
        return record($row, format($given['metadataPrefix'], $repository), $repository);
    }
    return listed($given, $repository, $verb === 'ListRecords');
}

function respond(array $arguments, array $repository, string $base_url): string
{
    $now = gmdate('Y-m-d\TH:i:s\Z');
    $given = array_column($arguments, 1, 0);
    $told = $given;
    try {
        $verb = verb($arguments);
        if ($verb === 'ListMetadataFormats' && isset($given['identifier'])) {
            row($given['identifier'], $repository);
        }
        if ($verb === 'ListSets' && isset($given['resumptionToken'])) {
            throw new OaiError('badResumptionToken', 'the list of sets is given whole, without tokens');
        }
        if (isset($repository['answers'][$verb])) {
            // It is written already, but for what each request has of its own.
            return strtr($repository['answers'][$verb], [
                '<responseDate/>' => element('responseDate', $now),
                "<request verb=\"$verb\"/>" => element('request', $base_url, $told),
                '<baseURL/>' => element('baseURL', $base_url),
                '<earliestDatestamp/>' => element('earliestDatestamp', $now),
            ]);
        }
        $answer = "<$verb>\n" . answered($verb, $given, $repository) . "</$verb>\n";
    } catch (OaiError $error) {
        $told = in_array($error->kind, ['badVerb', 'badArgument'], true) ? [] : $given;
        $answer = element('error', $error->getMessage(), ['code' => $error->kind]) . "\n";
    }
    $head = element('responseDate', $now) . element('request', $base_url, $told);
    return "{$repository['begin']}$head\n$answer</OAI-PMH>\n";
}

function main(): void
{
    $method = $_SERVER['REQUEST_METHOD'];
    $query = $_SERVER['QUERY_STRING'] ?? '';
    if ($method === 'POST') {
        $query = (string) file_get_contents('php://input', false, null, 0, MOST_BYTES + 1);
        if (strlen($query) > MOST_BYTES) {
            throw new HttpError('a request of OAI-PMH has at most ' . MOST_BYTES . ' bytes', 413);
        }
    } elseif ($method !== 'GET' && $method !== 'HEAD') {
        header('Allow: GET, HEAD, POST');
        throw new HttpError('a request of OAI-PMH is GET or POST', 405);
    }
    $scheme = in_array($_SERVER['HTTPS'] ?? 'off', ['', 'off'], true) ? 'http' : 'https';
    $base_url = "$scheme://" . ($_SERVER['HTTP_HOST'] ?? $_SERVER['SERVER_NAME']) . strtok($_SERVER['REQUEST_URI'], '?');
    $repository = json_decode((string) stream_get_contents(opened('repository.json')), true);
    if (!is_array($repository)) {
        throw new HttpError('feeds/oai/repository.json cannot be read', 503);
    }
    $response = respond(arguments($query), $repository, $base_url);
    header('Content-Type: text/xml; charset=utf-8');
    header('Cache-Control: no-cache');
    echo $response;
}

try {
    main();
} catch (HttpError $error) {
    http_response_code($error->getCode());
    header('Content-Type: text/plain; charset=utf-8');
    if ($error->getCode() === 503) {
        header('Retry-After: 5');
    }
    echo $error->getMessage() . "\n";
}
