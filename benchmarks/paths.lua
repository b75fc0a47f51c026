-- Ask for each path of a file once, in its order, and begin again at the end: nothing is asked for twice in a row.
-- wrk -s paths.lua URL -- FILE
local paths, at = {}, 0

function init(args)
  for path in io.lines(args[1]) do paths[#paths + 1] = path end
end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
