/**
 * The algorithm of `LocalLeases` as one atomic Redis script; one suite holds both to the same laws. Time is the server's.
 *
 * KEYS: the lease (hash). ARGV: mode, then for `acquire` the length, for the others the fence, and for `renew` the length,
 * for `write` the note.
 */
export const leaseScript = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local key, mode = KEYS[1], ARGV[1]
local known = redis.call('HMGET', key, 'fence', 'until', 'note')
local fence, ends, note = known[1], tonumber(known[2] or '') or 0, known[3]

if mode == 'acquire' then
  if ends > now then return {} end
  local taken = redis.call('HINCRBY', key, 'fence', 1)
  redis.call('HSET', key, 'until', string.format('%.0f', now + tonumber(ARGV[2])))
  return note and { taken, note } or { taken }
end

if fence ~= ARGV[2] or ends == 0 then return 0 end
if mode == 'renew' then
  redis.call('HSET', key, 'until', string.format('%.0f', now + tonumber(ARGV[3])))
elseif mode == 'write' then
  redis.call('HSET', key, 'note', ARGV[3])
else
  redis.call('HSET', key, 'until', '0')
end
return 1
`;

/** Reads the note of a lease. KEYS: the lease (hash). */
export const noteScript = `return redis.call('HGET', KEYS[1], 'note')`;
