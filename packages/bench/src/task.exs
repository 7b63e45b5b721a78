# The programs of task.ts on the BEAM: nanoseconds per operation, medians of five runs after one that is not counted.
defmodule Bench do
  def median(name, n, fun) do
    times =
      for run <- 0..5 do
        {us, _} = :timer.tc(fun)
        {run, us * 1000 / n}
      end
    sorted = times |> Enum.drop(1) |> Enum.map(&elem(&1, 1)) |> Enum.sort()
    IO.puts("#{name} #{Enum.at(sorted, 2)}")
  end

  def tasks(0), do: :ok
  def tasks(n) do
    Task.await(Task.async(fn -> n end))
    tasks(n - 1)
  end

  def many(0), do: :ok
  def many(n) do
    Task.await_many(for i <- 1..100, do: Task.async(fn -> i end))
    many(n - 100)
  end

  def supervised(_, 0), do: :ok
  def supervised(sup, n) do
    Task.await(Task.Supervisor.async(sup, fn -> n end))
    supervised(sup, n - 1)
  end
end

Bench.median("async", 100_000, fn -> Bench.tasks(100_000) end)
Bench.median("many", 100_000, fn -> Bench.many(100_000) end)

for max <- [2, 10] do
  Bench.median("stream#{max}", 100_000, fn ->
    Task.async_stream(1..100_000, & &1, max_concurrency: max) |> Stream.run()
  end)
end

{:ok, sup} = Task.Supervisor.start_link()
Bench.median("supervised", 50_000, fn -> Bench.supervised(sup, 50_000) end)

Bench.median("supervised-stream", 50_000, fn ->
  Task.Supervisor.async_stream_nolink(sup, 1..50_000, & &1, max_concurrency: 10) |> Stream.run()
end)
