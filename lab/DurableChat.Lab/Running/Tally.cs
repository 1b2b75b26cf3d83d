using System.Collections.Concurrent;
using System.Globalization;

namespace DurableChat.Lab.Running;

/// <summary>What the requests of an attack came to. Thread-safe.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Add(string what, long count = 1) => _counts.AddOrUpdate(what, count, (_, before) => before + count);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public long Of(string what) => _counts.GetValueOrDefault(what);

    public override string ToString() =>
        string.Join(", ", _counts.OrderBy(count => count.Key, StringComparer.Ordinal)
            .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value:N0} × {count.Key}")));
}
