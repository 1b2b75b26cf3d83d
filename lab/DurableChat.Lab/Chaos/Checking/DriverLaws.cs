using System.Globalization;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// A chat that needs a driver shows signs of one within two sync intervals. It needs one from the moment in which a
/// command that begins a turn was acknowledged, or a stream showed it busy, until a stream
/// shows it at rest. Signs are answers of the model and runs of tools for as long as they last, and what streams show
/// for the first time: parts, messages and versions.
/// Not counted is the time in which the machine stood still, in which nothing could be committed, and in which the
/// lease of a replica that was killed or frozen had yet to expire.
/// </summary>
internal static class DriverLaws
{
    public static void Check(RecordedChat chat, Findings findings)
    {
        var limit = chat.Circumstances.Limits.Driverless;
        foreach (var gap in Find(chat).Where(gap => gap.Seconds > limit))
        {
            var detail = string.Create(
                CultureInfo.InvariantCulture,
                $"From {gap.From:0.0} s to {gap.To:0.0} s it needed a driver and had none, {gap.Seconds:0.0} s of that "
                    + $"without an excuse; {limit:0.0} s are allowed. The last sign was of "
                    + $"{(gap.Replica < 0 ? "no known replica" : $"replica {gap.Replica + 1}")}.");
            findings.Add(ViolationKind.Undriven, detail, gap.From, gap.From);
        }
    }

    /// <summary>All times in which a driver was wanted, with those that are excused.</summary>
    public static IReadOnlyList<DriverGap> Find(RecordedChat chat)
    {
        var gaps = new List<DriverGap>();
        var (alive, replica, version, isBusy) = (0.0, -1, 0L, false);
        foreach (var sign in Signs(chat).OrderBy(sign => sign.From))
        {
            if (sign.Version > 0 && sign.Version <= version)
            {
                // Old news, e.g. of a replica that has heard less.
                continue;
            }

            if (isBusy && sign.From > alive)
            {
                gaps.Add(Measure(alive, sign.From, replica, chat.Circumstances));
            }

            if (sign.To >= alive)
            {
                (alive, replica) = (sign.To, sign.Replica);
            }

            if (sign.Version > 0)
            {
                (version, isBusy) = (sign.Version, sign.IsBusy);
            }
        }

        if (isBusy && chat.Circumstances.Ended > alive)
        {
            gaps.Add(Measure(alive, chat.Circumstances.Ended, replica, chat.Circumstances));
        }

        return gaps;
    }

    private static IEnumerable<Sign> Signs(RecordedChat chat)
    {
        var begun = chat.Actions.Where(action => TextLaws.OwnId(action) > 0).Select(action => new Sign(
            action.At + action.Seconds, action.At + action.Seconds, -1, action.Reply!.Version, IsBusy: true));
        return chat.Work.Select(work => SignOf(work, chat.Circumstances.Limits)).Concat(begun).Concat(News(chat));
    }

    private static Sign SignOf(WorkRecord work, RunLimits limits)
    {
        // What a killed replica began lasts as long as it was seen; what failed is followed by a wait that is meant.
        var until = work.Ended ?? work.LastSeen;
        return new Sign(work.Began, work.Outcome == WorkOutcome.Failed ? until + limits.Retry : until, work.Replica);
    }

    /// <summary>
    /// What streams show, where it is new: a client that comes back is shown the same parts again, which is no sign of
    /// anything.
    /// </summary>
    private static IEnumerable<Sign> News(RecordedChat chat)
    {
        var (message, generation, seq) = (0L, 0L, 0L);
        foreach (var (at, given) in chat.Streams.SelectMany(stream => stream.Entries)
            .Where(entry => entry.Event is not null)
            .OrderBy(entry => entry.At)
            .Select(entry => (entry.At, entry.Event!)))
        {
            switch (given.Type)
            {
                case WireEventType.Status:
                    yield return new Sign(at, at, -1, given.Version, given.Word is "running" or "interrupting");
                    break;
                case WireEventType.Message when given.Message!.Id > message:
                    message = given.Message.Id;
                    yield return new Sign(at, at, -1);
                    break;
                case WireEventType.MessagePart when given.Generation > generation
                    || (given.Generation == generation && given.Seq > seq):
                    (generation, seq) = (given.Generation, given.Seq);
                    yield return new Sign(at, at, -1);
                    break;
            }
        }
    }

    private static DriverGap Measure(double from, double to, int replica, Circumstances circumstances)
    {
        var (counted, at) = (0.0, from);
        foreach (var (begin, end) in Excuses(replica, circumstances).OrderBy(excuse => excuse.From))
        {
            counted += Math.Max(0, Math.Min(begin, to) - at);
            at = Math.Max(at, Math.Min(end, to));
        }

        return new DriverGap(from, to, replica, counted + Math.Max(0, to - at));
    }

    private static IEnumerable<(double From, double To)> Excuses(int replica, Circumstances circumstances)
    {
        var limits = circumstances.Limits;
        var stalls = circumstances.Faults.Where(fault => fault.IsStall).ToList();
        foreach (var fault in circumstances.Faults)
        {
            if (fault.IsStall)
            {
                yield return (fault.Began, fault.Ended + limits.Recovery);
            }

            if (fault.Stops(replica))
            {
                // Leases are taken only by replicas that have reached the database for a whole lease.
                var free = Math.Max(fault.Ended, fault.Began + limits.Lease);
                free = stalls.Where(stall => stall.Overlaps(fault.Began, free))
                    .Select(stall => stall.Ended + limits.Lease)
                    .Append(free)
                    .Max();
                yield return (fault.Began, free + (2 * limits.Takeover));
            }
        }

        foreach (var lull in circumstances.Lulls)
        {
            yield return lull;
        }
    }

    /// <summary>A sign that the chat is driven, or a state that it was seen in.</summary>
    private readonly record struct Sign(double From, double To, int Replica, long Version = 0, bool IsBusy = false);
}
