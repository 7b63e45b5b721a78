Code.require_file("../oracle_helper.exs", __DIR__)
# ETS: select and match with limits, and what a continuation is.
raised = fn f -> (case O.catching(f) do {:returned, v} -> v; {:error, e} -> {:error, (if is_map(e), do: e.__struct__, else: e)}; o -> o end) end
key = [{{:"$1", :_}, [], [:"$1"]}]
ending = fn :"$end_of_table" -> :end; x -> x end
filled = fn type -> t = :ets.new(:t, [type]); for(i <- 1..5, do: :ets.insert(t, {i, i * 10})); t end
os = filled.(:ordered_set); set = filled.(:set)
pages = fn t, first -> Stream.unfold(first, fn :"$end_of_table" -> nil; {r, c} -> {r, :ets.select(c)} end) |> Enum.to_list() |> then(fn p -> {length(Enum.concat(p)), Enum.map(p, &length/1), :ets.info(t, :size)} end) end
O.step("pages of every type have the limit's size, but for the last", for(t <- [set, os, filled.(:bag), filled.(:duplicate_bag)], do: pages.(t, :ets.select(t, key, 2))))
O.step("the last page may be full: then comes the end", (t = :ets.new(:t, [:ordered_set]); :ets.insert(t, [{1, 1}, {2, 2}]); {p, c} = :ets.select(t, key, 2); {p, ending.(:ets.select(c))}))
O.step("nothing there, nothing that matches", {ending.(:ets.select(:ets.new(:e, []), key, 3)), ending.(:ets.select(os, [{{9, :_}, [], [true]}], 3)), :ets.select(:ets.new(:e, []), key)})
O.step("limits that are none", {raised.(fn -> :ets.select(os, key, 0) end), raised.(fn -> :ets.select(os, key, -1) end), raised.(fn -> :ets.select(os, key, 1.5) end)})
O.step("a limit counts results, not objects", ({p, c} = :ets.select(os, [{{:"$1", :"$2"}, [{:>, :"$2", 20}], [:"$1"]}], 2); {p, elem(:ets.select(c), 0)}))
{_, c} = :ets.select(os, key, 2)
O.step("a continuation may be used again", {elem(:ets.select(c), 0), elem(:ets.select(c), 0)})
{_, cs} = :ets.select(set, key, 2)
O.step("also that of a set", elem(:ets.select(cs), 0) == elem(:ets.select(cs), 0))
:ets.delete(os, 3); :ets.insert(os, [{2.5, :new}, {6, 60}, {7, 70}])
O.step("in an ordered set it goes on from a key: sees what came and went", ({p, c} = :ets.select(c); {q, _} = :ets.select(c); {p, q}))
O.step("select_reverse in pages", ({p, c} = :ets.select_reverse(os, key, 3); {q, c} = :ets.select_reverse(c); {r, c} = :ets.select_reverse(c); {p, q, r, ending.(:ets.select_reverse(c))}))
O.step("select_reverse without an order is select", :ets.select_reverse(set, key) == :ets.select(set, key))
O.step("match_object in pages", ({p, c} = :ets.match_object(os, {:_, :_}, 4); {p, elem(:ets.match_object(c), 0)}))
{_, c} = :ets.select(os, key, 2); :ets.delete(os)
O.step("a continuation of a deleted table", raised.(fn -> :ets.select(c) end))
{_, c} = :ets.select(set, key, 2); :ets.rename(set, :other)
O.step("a continuation of a renamed table", length(elem(:ets.select(c), 0)))
