/**
 * The algorithm of `ProcessLedger` as one atomic Redis script; the two must be changed together, and one suite holds both
 * to the same laws. Time is the server's.
 *
 * KEYS: the times of requests (sorted set), the state (hash). ARGV: mode, spacing, tolerance, the spacing's reason,
 * count, how many windows, then limit, length and reason of each; after them, for `take` the ages of requests that were
 * sent while the server was away, and for `hold` the reason and the length.
 */
export const takeScript = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local grants, state = KEYS[1], KEYS[2]
local mode = ARGV[1]
local spacing, tolerance, spacingReason = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local count = tonumber(ARGV[5])
local windows, longest = {}, 1000
local last = 6
for i = 1, tonumber(ARGV[6]) do
  windows[i] = { limit = tonumber(ARGV[last + 1]), ms = tonumber(ARGV[last + 2]), reason = ARGV[last + 3] }
  longest = math.max(longest, windows[i].ms)
  last = last + 3
end

local function text(number) return string.format('%.3f', number) end
local function field(name) return tonumber(redis.call('HGET', state, name) or '') or 0 end
local function score(entry) return entry[2] and tonumber(entry[2]) or nil end

-- A server whose clock was set back, or another one that took over, must not grant anything twice.
local newest = score(redis.call('ZREVRANGE', grants, 0, 0, 'WITHSCORES'))
if newest and newest > now then now = newest end

local function keep()
  redis.call('PEXPIRE', grants, math.ceil(longest) + 60000)
  local hold = math.max(field('spent'), field('pause'), field('due')) - now
  redis.call('PEXPIRE', state, math.ceil(math.max(longest, hold)) + 60000)
end

local function record(at)
  local number = redis.call('HINCRBY', state, 'number', 1)
  redis.call('ZADD', grants, text(at), number)
end

if mode == 'hold' then
  local reason, till = ARGV[last + 1], now + tonumber(ARGV[last + 2])
  if reason == 'dailyQuota' then
    if till > field('spent') then redis.call('HSET', state, 'spent', text(till)) end
  elseif till > field('pause') then
    redis.call('HSET', state, 'pause', text(till), 'pauseReason', reason)
  end
  keep()
  return {}
end

local spent, pause = field('spent'), field('pause')
local pauseReason = redis.call('HGET', state, 'pauseReason') or 'pacing'

if mode == 'usage' then
  local answer = {}
  for _, window in ipairs(windows) do
    local from = '(' .. text(now - window.ms)
    local oldest = score(redis.call('ZRANGEBYSCORE', grants, from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1))
    local latest = newest or 0
    table.insert(answer, redis.call('ZCOUNT', grants, from, '+inf'))
    table.insert(answer, oldest and text(oldest + window.ms - now) or '')
    table.insert(answer, oldest and text(latest + window.ms - now) or '')
  end
  if spent > now then
    table.insert(answer, 'dailyQuota')
    table.insert(answer, text(spent - now))
  elseif pause > now then
    table.insert(answer, pauseReason)
    table.insert(answer, text(pause - now))
  end
  return answer
end

for i = last + 1, #ARGV do record(now - tonumber(ARGV[i])) end

local answer, added = {}, {}
local due = field('due')
for i = 1, count do
  local at, reason, isSpent = now, spacingReason, 0
  local function noEarlierThan(moment, why)
    if moment > at then at, reason = moment, why end
  end
  if spent > now then
    at, reason, isSpent = spent, 'dailyQuota', 1
  else
    noEarlierThan(pause, pauseReason)
    noEarlierThan(due, spacingReason)
    for _, window in ipairs(windows) do
      local before
      if window.limit <= #added then
        before = added[#added - window.limit + 1]
      else
        local rank = window.limit - #added - 1
        before = score(redis.call('ZREVRANGE', grants, rank, rank, 'WITHSCORES'))
      end
      if before then noEarlierThan(before + window.ms, window.reason) end
    end
    table.insert(added, at)
    if at - due > tolerance then due = at end
    due = due + spacing
  end
  table.insert(answer, text(at - now))
  table.insert(answer, reason)
  table.insert(answer, isSpent)
end

if mode == 'take' then
  if spent <= now and added[1] <= now then
    record(now)
    redis.call('HSET', state, 'due', text(due))
  end
  redis.call('ZREMRANGEBYSCORE', grants, '-inf', text(now - longest))
  keep()
end
return answer
`;
