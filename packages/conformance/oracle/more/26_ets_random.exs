Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("lib/dice.exs", __DIR__)
# Random programs of one table each: what forty operations give, one after the other. Terms are written as text, so that 1 and 1.0 differ;
# where a table has no order, its keys are sorted.
defmodule Program do
  @types [:set, :ordered_set, :bag, :duplicate_bag]
  @ops [:insert, :insert, :insert, :insert, :insert_new, :insert_new_all, :delete, :delete_object, :take, :lookup, :member, :size, :walk, :next,
        :prev, :ends, :objects, :select, :pages, :reversed, :replace, :select_delete, :count, :fold]
  @keys [1, 1.0, 2, 2.5, -1, :a, :b, nil, true, "x", "y", "", [], [1], [1.0], [1, :a], [[1]], %{}, %{a: 1}, %{a: 1.0}, %{b: 1}, %{a: 1, b: 1}]
  @values [1, 1.0, 2, :a, [1], [1.0], %{a: 1}]
  def make(n) do
    Dice.seed(n)
    {Dice.from(@types), for(_ <- 1..40, do: {Dice.from(@ops), Dice.from(@keys), Dice.from(@values), Dice.pick(3) + 1})}
  end
end
defmodule Run do
  @key [{{:"$1", :_}, [], [:"$1"]}]
  def program({type, ops}) do
    t = :ets.new(:t, [type])
    results = for op <- ops, do: write(run(op, t, type))
    :ets.delete(t)
    results
  end
  defp run({:insert, k, v, _}, t, _), do: :ets.insert(t, {k, v})
  defp run({:insert_new, k, v, _}, t, _), do: :ets.insert_new(t, {k, v})
  defp run({:insert_new_all, k, v, _}, t, _), do: :ets.insert_new(t, [{k, v}, {:other, 7}])
  defp run({:delete, k, _, _}, t, _), do: :ets.delete(t, k)
  defp run({:delete_object, k, v, _}, t, _), do: :ets.delete_object(t, {k, v})
  defp run({:take, k, _, _}, t, _), do: :ets.take(t, k) |> Enum.map(&elem(&1, 1))
  defp run({:lookup, k, _, _}, t, _), do: :ets.lookup(t, k) |> Enum.map(&elem(&1, 1))
  defp run({:member, k, _, _}, t, _), do: :ets.member(t, k)
  defp run({:size, _, _, _}, t, _), do: :ets.info(t, :size)
  defp run({:walk, _, _, _}, t, type), do: walk(t, :ets.first(t)) |> in_order(type)
  defp run({:next, k, _, _}, t, :ordered_set), do: :ets.next(t, k)
  defp run({:next, k, _, _}, t, _), do: goes(fn -> :ets.next(t, k) end)
  defp run({:prev, k, _, _}, t, :ordered_set), do: :ets.prev(t, k)
  defp run({:prev, k, _, _}, t, _), do: goes(fn -> :ets.prev(t, k) end)
  defp run({:ends, _, _, _}, t, :ordered_set), do: [:ets.first(t), :ets.last(t)]
  defp run({:ends, _, _, _}, t, _), do: :ets.first(t) == :ets.last(t)
  defp run({:objects, _, _, _}, t, type), do: :ets.tab2list(t) |> Enum.map(&Tuple.to_list/1) |> in_order(type)
  defp run({:select, _, v, _}, t, type), do: :ets.select(t, [{{:"$1", :"$2"}, [{:"=:=", :"$2", {:const, v}}], [:"$1"]}]) |> in_order(type)
  defp run({:pages, _, _, n}, t, type), do: pages(:ets.select(t, @key, n), type)
  defp run({:reversed, _, _, n}, t, type), do: pages(:ets.select_reverse(t, @key, n), type)
  defp run({:replace, _, _, _}, _, :bag), do: :none
  defp run({:replace, _, v, _}, t, _), do: :ets.select_replace(t, [{{:"$1", :"$2"}, [{:"=:=", :"$2", {:const, v}}], [{{:"$1", 2}}]}])
  defp run({:select_delete, _, v, _}, t, _), do: :ets.select_delete(t, same(v))
  defp run({:count, _, v, _}, t, _), do: :ets.select_count(t, same(v))
  defp run({:fold, _, _, _}, t, :ordered_set), do: [:ets.foldl(&keys/2, [], t), :ets.foldr(&keys/2, [], t)]
  defp run({:fold, _, _, _}, t, _), do: :ets.foldl(fn _, n -> n + 1 end, 0, t)
  defp keys({k, _}, ks), do: [k | ks]
  defp same(v), do: [{{:_, :"$1"}, [{:"=:=", :"$1", {:const, v}}], [true]}]
  defp walk(_, :"$end_of_table"), do: []
  defp walk(t, k), do: [k | walk(t, :ets.next(t, k))]
  defp goes(f), do: (try do f.(); true rescue ArgumentError -> false end)
  defp pages(first, type), do: (ps = all(first); [Enum.map(ps, &length/1), in_order(Enum.concat(ps), type)])
  defp all(:"$end_of_table"), do: []
  defp all({p, c}), do: [p | all(:ets.select(c))]
  defp in_order(list, :ordered_set), do: list
  defp in_order(list, _), do: list |> Enum.map(&write/1) |> Enum.sort()
  def write(n) when is_integer(n), do: Integer.to_string(n)
  def write(f) when is_float(f), do: Float.to_string(f)
  def write(b) when is_binary(b), do: "'" <> b <> "'"
  def write(a) when is_atom(a), do: Atom.to_string(a)
  def write(l) when is_list(l), do: "[" <> Enum.map_join(l, ",", &write/1) <> "]"
  def write(m) when is_map(m), do: "{" <> Enum.map_join(Enum.sort(Map.keys(m)), ",", &"#{&1}:#{write(m[&1])}") <> "}"
end
for n <- 1..60, do: O.step("program #{n}", Run.program(Program.make(n)))
