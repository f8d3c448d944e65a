/**
 * The one atomic step: the server runs nothing else meanwhile. KEYS[1] is a hash of `version`, `modified` (ms since the
 * epoch) and `value`; ARGV the expectation, evaluated as by `holds`, and for a put the new version and the value. The
 * answer says what became of the write, and what is stored unless it was deleted. It writes last, so that an error of the
 * server always means that nothing was written.
 */
export const WRITE = `
local current, modified = unpack(redis.call('HMGET', KEYS[1], 'version', 'modified'))
local expected, version, value = cjson.decode(ARGV[1]), ARGV[2], ARGV[3]

-- A time that is not one would let every date pass.
if current == '' or (modified and not string.find(modified, '^%d+$')) then
  return redis.error_reply('ETAG ' .. KEYS[1] .. ' is not a value of this store: its version or its time is not one')
end

local function among(versions)
  for _, each in ipairs(versions) do
    if each == current then return true end
  end
  return false
end

local function modified_after(since)
  return modified and math.floor(modified / 1000) * 1000 > since
end

local function holds()
  if not current then return not expected.exists and not expected.oneOf end
  return not expected.absent
    and not (expected.oneOf and not among(expected.oneOf))
    and not (expected.noneOf and among(expected.noneOf))
    and not (expected.unmodifiedSince and modified_after(expected.unmodifiedSince))
end

if not holds() or not (current or value) then return { 'refused', current, modified } end
if not value then
  redis.call('DEL', KEYS[1])
  return { 'deleted' }
end

-- The clock may be set back, or be that of another server; the modification time of a key does not follow.
local time = redis.call('TIME')
local now = string.format('%d', math.max(time[1] * 1000 + math.floor(time[2] / 1000), modified or 0))
redis.call('HSET', KEYS[1], 'version', version, 'modified', now, 'value', value)
return { current and 'updated' or 'created', version, now }
`;
