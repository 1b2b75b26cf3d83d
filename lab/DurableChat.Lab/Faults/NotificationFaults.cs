namespace DurableChat.Lab.Faults;

/// <summary>
/// Randomly loses, repeats and reorders notifications, to test that nothing depends on them. Not thread-safe: a
/// listener gets one at a time.
/// </summary>
internal sealed class NotificationFaults(double rate)
{
    private const int MaxHeld = 8;
    private readonly List<string> _held = [];

    /// <summary>The notifications that arrive in place of this one.</summary>
    public IEnumerable<string> Pass(string payload)
    {
        var passed = new List<string>();
        switch (Random.Shared.NextDouble() < rate ? Random.Shared.Next(3) : -1)
        {
            case 0:
                break;
            case 1:
                passed.AddRange([payload, payload]);
                break;
            case 2:
                _held.Add(payload);
                break;
            default:
                passed.Add(payload);
                break;
        }

        if (_held.Count > MaxHeld || (_held.Count > 0 && passed.Count > 0 && Random.Shared.Next(4) == 0))
        {
            var at = Random.Shared.Next(_held.Count);
            passed.Add(_held[at]);
            _held.RemoveAt(at);
        }

        return passed;
    }
}
