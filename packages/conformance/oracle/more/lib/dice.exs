# The dice of the random programs.
defmodule Dice do
  # The minimal standard generator: the same numbers in any language.
  def seed(n), do: Process.put(:dice, n)
  def pick(n) do
    x = rem(Process.get(:dice) * 16807, 2_147_483_647)
    Process.put(:dice, x)
    rem(div(x, 8), n)
  end
  def from(list), do: Enum.at(list, pick(length(list)))
end
