import { script } from '../redis/script.js';
import { COALESCE_MS, CONFIRM_MS, OFFLINE_DELAY_MS, RECORD_MS } from './presence-port.js';

/** People who have gone are handed out to be recorded so often, ms. */
const RETRY_MS = 5_000;
/** What nobody touched for so long is dropped, ms: a living device is touched every minute. */
const UNTOUCHED_MS = 3_600_000;

/*
 * What keeps a person's devices alive is a sorted set of "<device> <source>" by the time at which it no longer counts. It
 * is read as a whole only where somebody is idle or invisible: a touch costs about the same for one device and a thousand.
 * The rest of a person is a hash:
 *   i:<device>            idle
 *   invisible             present while they are
 *   seenAt                when they were last to be seen
 *   status, lastSeenAt, number, toldAt   what was told last; absent before anything was
 *   changedAt             since when something else is true than what was told
 *   recordedOnline        present while the database has them online
 *   recordedAt            when that was written last
 *   handedOutAt           when their going offline was last handed out to be recorded
 * And they are a member of the sorted set `due`, by the time of their next change. The rules are those of EmbeddedPresences.
 */
const people = `
local DELAY, COALESCE, CONFIRM, RECORD, RETRY, UNTOUCHED =
  ${[OFFLINE_DELAY_MS, COALESCE_MS, CONFIRM_MS, RECORD_MS, RETRY_MS, UNTOUCHED_MS].join(', ')}

-- Redis's own time, unless a test says when it is.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function newPerson(key, userId)
  return { key = key, live = key .. ':live', userId = userId, idle = {}, state = {}, before = {}, put = {}, gone = {} }
end

local function load(key, userId)
  local raw = redis.call('HGETALL', key)
  if #raw == 0 then return nil end
  local person = newPerson(key, userId)
  for i = 1, #raw, 2 do
    local field, value = raw[i], raw[i + 1]
    if string.sub(field, 1, 2) == 'i:' then person.idle[string.sub(field, 3)] = true
    else
      person.state[field] = tonumber(value) or value
      person.before[field] = person.state[field]
    end
  end
  return person
end

local function firstExpiry(person)
  return tonumber(redis.call('ZRANGE', person.live, 0, 0, 'WITHSCORES')[2])
end

local function isAlive(person, device)
  local start = device .. ' '
  for _, source in ipairs(redis.call('ZRANGE', person.live, 0, -1)) do
    if string.sub(source, 1, #start) == start then return true end
  end
  return false
end

local function setIdle(person, device, isIdle)
  if (person.idle[device] or false) == isIdle then return end
  person.idle[device] = isIdle or nil
  if isIdle then
    table.insert(person.put, 'i:' .. device)
    table.insert(person.put, 1)
  else table.insert(person.gone, 'i:' .. device) end
end

-- Drops what has expired. When the last one did is when the person went.
local function prune(person)
  local first = firstExpiry(person)
  if not first or first > now then return end
  local expired = redis.call('ZRANGE', person.live, now, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')[2]
  redis.call('ZREMRANGEBYSCORE', person.live, '-inf', now)
  for device in pairs(person.idle) do
    if not isAlive(person, device) then setIdle(person, device, false) end
  end
  person.state.changedAt = person.state.changedAt or tonumber(expired)
end

local function statusOf(person)
  if person.state.invisible or not firstExpiry(person) then return 'OFFLINE' end
  if next(person.idle) == nil then return 'ONLINE' end
  for _, source in ipairs(redis.call('ZRANGE', person.live, 0, -1)) do
    if not person.idle[string.match(source, '^%S+')] then return 'ONLINE' end
  end
  return 'AWAY'
end

-- The change to tell now, or false; it counts as told.
local function settle(person)
  local state, status = person.state, statusOf(person)
  -- Who comes back invisibly is not told of: they look like all who did not come back.
  if status == (state.status or 'OFFLINE') then
    state.changedAt = nil
    return false
  end
  state.changedAt = state.changedAt or now
  if state.toldAt and now < state.toldAt + COALESCE then return false end
  local at = state.changedAt
  state.status = status
  state.lastSeenAt = status == 'OFFLINE' and state.seenAt or nil
  state.number = math.max(now, (state.number or 0) + 1)
  state.toldAt = now
  state.changedAt = nil
  return { person.userId, status, state.lastSeenAt or false, state.number, at }
end

local function isOnline(state) return state.status == 'ONLINE' or state.status == 'AWAY' end
local function isToConfirm(state) return state.recordedOnline and isOnline(state) end
local function isToRecord(state) return state.recordedOnline and state.status == 'OFFLINE' end
local function recordAt(state)
  -- The first time at once; later no sooner than a minute after the last.
  if not state.handedOutAt then return 0 end
  return math.max(state.handedOutAt + RETRY, state.recordedAt + RECORD)
end

local function nextChange(person)
  local state, first = person.state, firstExpiry(person)
  local due = first or math.huge
  if state.changedAt and state.toldAt then due = math.min(due, state.toldAt + COALESCE) end
  if isToConfirm(state) then due = math.min(due, state.recordedAt + CONFIRM) end
  if isToRecord(state) then due = math.min(due, recordAt(state))
  elseif not first then due = math.min(due, state.recordedAt + RECORD) end
  return math.max(due, now + 1)
end

local function save(person, due)
  for field, value in pairs(person.state) do
    if person.before[field] ~= value then
      table.insert(person.put, field)
      table.insert(person.put, value)
    end
  end
  for field in pairs(person.before) do
    if person.state[field] == nil then table.insert(person.gone, field) end
  end
  if #person.gone > 0 then redis.call('HDEL', person.key, unpack(person.gone)) end
  if #person.put > 0 then redis.call('HSET', person.key, unpack(person.put)) end
  redis.call('ZADD', due, nextChange(person), person.userId)
end
`;

/** Keys: person, due, since. Nothing, where the person is unknown; or the update to tell, whether they are back, whether they want to be seen. */
export const touch = script(`${people}
local userId, device, source, ttl = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local unlessAlive, intent, reveal = ARGV[6] == '1', ARGV[7], ARGV[8] == '1'
redis.call('SET', KEYS[3], now, 'NX')
local person = load(KEYS[1], userId)
if not person then
  if ARGV[9] ~= '1' then return false end
  person = newPerson(KEYS[1], userId)
  -- Whoever read the seed has told the database that they are online, unless they are invisible.
  local isInvisible = ARGV[10] == '1'
  person.state.invisible = isInvisible and 1 or nil
  person.state.recordedOnline = not isInvisible and 1 or nil
  person.state.seenAt = tonumber(ARGV[11])
  person.state.recordedAt = now
end
prune(person)
local state = person.state
local isLiving = (unlessAlive or state.invisible) and isAlive(person, device)
local wasActive = isLiving and not person.idle[device]
if not unlessAlive or not isLiving then redis.call('ZADD', person.live, now + ttl + DELAY, device .. ' ' .. source) end

local wantsReveal = intent == 'ONLINE' and state.invisible and wasActive and not reveal
if not state.invisible and (intent ~= 'INVISIBLE' or isOnline(state)) then state.seenAt = now end
if intent == 'AWAY' then setIdle(person, device, true)
elseif intent ~= '' then setIdle(person, device, false) end
if intent == 'INVISIBLE' then
  state.invisible = 1
  state.recordedOnline = nil
  state.recordedAt = now
elseif reveal then
  state.invisible = nil
  state.seenAt = now
end

local isBack = not state.invisible and not state.recordedOnline
if isBack then
  state.recordedOnline = 1
  state.recordedAt = now
end
local update = settle(person)
save(person, KEYS[2])
redis.call('PEXPIRE', KEYS[1], UNTOUCHED)
redis.call('PEXPIRE', person.live, UNTOUCHED)
return { update, isBack and 1 or 0, wantsReveal and 1 or 0 }`);

/** Keys: person, due. */
export const release = script(`${people}
local person = load(KEYS[1], ARGV[2])
local untilMs = person and tonumber(redis.call('ZSCORE', person.live, ARGV[3]) or nil)
if not untilMs then return end
redis.call('ZADD', person.live, math.min(untilMs, now + DELAY), ARGV[3])
if not person.state.invisible then person.state.seenAt = now end
save(person, KEYS[2])`);

/** Keys: due, since. Updates to tell, who is still online, who has gone (with when they were last seen, and the number), whether there is more. */
export const sweep = script(`${people}
local due, prefix, limit = KEYS[1], ARGV[2], tonumber(ARGV[3])
redis.call('SET', KEYS[2], now, 'NX')
local userIds = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, limit + 1)
local hasMore = #userIds > limit
local updates, online, offline = {}, {}, {}
for i = 1, math.min(#userIds, limit) do
  local userId = userIds[i]
  local person = load(prefix .. userId, userId)
  if not person then redis.call('ZREM', due, userId)
  else
    prune(person)
    local state, update = person.state, settle(person)
    if update then table.insert(updates, update) end
    if isToConfirm(state) and now >= state.recordedAt + CONFIRM then
      state.recordedAt = now
      table.insert(online, userId)
    end
    if isToRecord(state) and now >= recordAt(state) then
      state.handedOutAt = now
      table.insert(offline, { userId, state.seenAt or false, state.number })
    end
    local isForgotten = not firstExpiry(person) and not isOnline(state) and not isToRecord(state)
      and now >= state.recordedAt + RECORD
    if isForgotten then
      redis.call('DEL', person.key, person.live)
      redis.call('ZREM', due, userId)
    else save(person, due) end
  end
end
return { updates, online, offline, hasMore and 1 or 0 }`);

/** Keys: person, due. 1 when the database may keep them as gone. */
export const recorded = script(`${people}
local person = load(KEYS[1], ARGV[2])
if not person then return 1 end
if person.state.number ~= tonumber(ARGV[3]) or person.state.status ~= 'OFFLINE' then return 0 end
person.state.recordedOnline = nil
person.state.recordedAt = now
save(person, KEYS[2])
return 1`);

/** Keys: person. 1 where a source lives, without the delay, of a device that is not idle. */
export const awake = script(`${people}
local person = load(KEYS[1], '')
if not person then return 0 end
for _, source in ipairs(redis.call('ZRANGE', person.live, '(' .. (now + DELAY), '+inf', 'BYSCORE')) do
  if not person.idle[string.match(source, '^%S+')] then return 1 end
end
return 0`);

/** Keys: since. Unix ms at which people under this tag began to be known. */
export const since = script(`${people}
redis.call('SET', KEYS[1], now, 'NX')
return tonumber(redis.call('GET', KEYS[1]))`);
