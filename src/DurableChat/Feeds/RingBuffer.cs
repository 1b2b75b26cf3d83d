namespace DurableChat.Feeds;

/// <summary>A list that grows and shrinks at both ends without moving the items in between. Not thread-safe.</summary>
internal sealed class RingBuffer<T>
{
    private const int InitialCapacity = 4;

    private T[] _items = [];
    private int _start;

    public int Count { get; private set; }

    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _items[(_start + index) & (_items.Length - 1)];
        }
    }

    public void AddLast(T item)
    {
        Grow();
        _items[(_start + Count) & (_items.Length - 1)] = item;
        Count++;
    }

    public void AddFirst(T item)
    {
        Grow();
        _start = (_start - 1) & (_items.Length - 1);
        _items[_start] = item;
        Count++;
    }

    public T RemoveFirst()
    {
        var item = this[0];
        _items[_start] = default!;
        _start = (_start + 1) & (_items.Length - 1);
        Count--;
        return item;
    }

    /// <summary>Empties the list and frees its memory.</summary>
    public void Clear()
    {
        _items = [];
        _start = 0;
        Count = 0;
    }

    private void Grow()
    {
        if (Count < _items.Length)
        {
            return;
        }

        // The length stays a power of two, so that a mask can replace the modulo.
        var larger = new T[Math.Max(InitialCapacity, _items.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        _items = larger;
        _start = 0;
    }
}
