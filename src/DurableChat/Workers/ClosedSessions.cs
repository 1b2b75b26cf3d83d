using DurableChat.Storage;

namespace DurableChat.Workers;

/// <summary>
/// Finds the replicas whose sessions have closed while this replica was watching. It distinguishes "they are silent"
/// from "I was deaf":
/// <code>
///   look late, or own session new ──▶ deaf: forget who was seen, suspect nobody
///   otherwise, seen before and missing now: first time ──▶ wait for the next look
///                                           again      ──▶ suspect
/// </code>
/// Pure: the caller passes the time between looks. Not thread-safe.
/// </summary>
/// <param name="interval">The time between looks.</param>
/// <param name="memory">How long a closed session is remembered. After that, the old heartbeat is enough.</param>
internal sealed class ClosedSessions(TimeSpan interval, TimeSpan memory)
{
    /// <summary>After how many looks in a row without its session a replica is suspected.</summary>
    private const int LooksUntilSuspect = 2;

    private readonly Dictionary<string, int> _missed = new(StringComparer.Ordinal);

    /// <summary>Takes the result of a look.</summary>
    /// <param name="sessions">The open sessions.</param>
    /// <param name="sinceLast">
    /// The time from the start of the previous successful look to the end of this one. Null for the first look.
    /// </param>
    /// <returns>The suspected replicas.</returns>
    public IReadOnlyCollection<string> Take(OpenSessions sessions, TimeSpan? sinceLast)
    {
        if (sessions.IsOwnNew || sinceLast is null || sinceLast > 2 * interval)
        {
            _missed.Clear();
        }

        var mostMissed = (int)(memory / interval) + 1;
        foreach (var replica in _missed.Keys.Except(sessions.Replicas, StringComparer.Ordinal).ToArray())
        {
            if (++_missed[replica] > mostMissed)
            {
                _missed.Remove(replica);
            }
        }

        foreach (var replica in sessions.Replicas)
        {
            _missed[replica] = 0;
        }

        return [.. _missed.Where(missed => missed.Value >= LooksUntilSuspect).Select(missed => missed.Key)];
    }
}
