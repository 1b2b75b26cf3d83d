using System.Text;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Checking;

/// <summary>
/// Compares, after all is quiet, what the store has with what was acknowledged and with what subscribers were given.
/// Pure.
/// </summary>
internal static class HistoryChecker
{
    /// <summary>Checks one chat's stored history against what was acknowledged.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="stored">Its messages, as the API lists them.</param>
    /// <param name="acknowledged">
    /// The users' messages that the history must have, in order; each begins with a mark that no other has.
    /// </param>
    /// <param name="unsure">Messages whose acknowledgement never came: the history may have them or not.</param>
    /// <param name="log">Where violations go.</param>
    public static void CheckStore(
        string chat,
        IReadOnlyList<WireMessage> stored,
        IReadOnlyList<string> acknowledged,
        IReadOnlySet<string> unsure,
        ViolationLog log)
    {
        long last = 0;
        long answer = 0;
        foreach (var message in stored)
        {
            // However often clients and workers come back, a message is answered once.
            if (message.IsFinal && answer > 0)
            {
                Report(ViolationKind.Duplicate, $"Messages {answer} and {message.Id} both answer the same message.");
            }

            answer = message.IsUser ? 0 : message.IsFinal ? message.Id : answer;
            if (message.PreviousId != last || message.Id <= last)
            {
                Report(
                    ViolationKind.Gap,
                    $"Stored message {message.Id} follows {message.PreviousId}, but {last} is before it.");
            }

            last = message.Id;
        }

        var users = stored.Where(message => message.IsUser)
            .Select(message => Encoding.UTF8.GetString(message.Text.Span))
            .Where(text => !unsure.Contains(text))
            .ToList();
        foreach (var sent in acknowledged.Except(users))
        {
            Report(ViolationKind.Lost, $"The acknowledged message '{Mark(sent)}' is not in the history.");
        }

        foreach (var found in users.Except(acknowledged))
        {
            Report(
                ViolationKind.Unknown,
                $"The history has the message '{Mark(found)}', which nobody sent or which was edited away.");
        }

        foreach (var twice in users.GroupBy(text => text).Where(group => group.Count() > 1))
        {
            Report(ViolationKind.Duplicate, $"The history has the message '{Mark(twice.Key)}' {twice.Count()} times.");
        }

        if (users.Count == acknowledged.Count
            && users.ToHashSet().SetEquals(acknowledged)
            && !users.SequenceEqual(acknowledged))
        {
            Report(ViolationKind.OutOfOrder, "The history has the acknowledged messages in another order.");
        }

        void Report(ViolationKind kind, string detail) => log.Add(new Violation(kind, chat, "", "", detail, []));
    }

    /// <summary>Checks what a subscriber was given against the store.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="subscriber">Its name.</param>
    /// <param name="checker">Its stream.</param>
    /// <param name="stored">The chat's messages.</param>
    /// <param name="head">The message up to which it must have got all of them; 0 if it left before.</param>
    /// <param name="log">Where violations go.</param>
    public static void CheckSubscriber(
        string chat,
        string subscriber,
        StreamChecker checker,
        IReadOnlyList<WireMessage> stored,
        long head,
        ViolationLog log)
    {
        var expected = stored.Where(message => message.Id > checker.After).ToList();
        for (var i = 0; i < checker.Seen.Count && i < expected.Count; i++)
        {
            if (checker.Seen[i].Id != expected[i].Id)
            {
                var isMissing = checker.Seen.All(seen => seen.Id != expected[i].Id);
                Report(
                    isMissing ? ViolationKind.Lost : ViolationKind.Unknown,
                    $"In place of message {expected[i].Id} it was given {checker.Seen[i].Id}.");
                return;
            }

            if (checker.Seen[i].Digest != expected[i].Digest())
            {
                Report(ViolationKind.Content, $"Message {expected[i].Id} differs from the stored one.");
                return;
            }
        }

        if (checker.Seen.Count > expected.Count)
        {
            Report(
                ViolationKind.Unknown,
                $"It was given message {checker.Seen[expected.Count].Id}, which the store does not have.");
        }
        else if (checker.Seen.Count < expected.Count && expected[checker.Seen.Count].Id <= head)
        {
            Report(
                ViolationKind.Lost,
                $"It was not given message {expected[checker.Seen.Count].Id} and "
                    + $"{expected.Count - checker.Seen.Count - 1} after it.");
        }

        void Report(ViolationKind kind, string detail) =>
            log.Add(new Violation(kind, chat, subscriber, checker.Position ?? "the beginning", detail, []));
    }

    private static string Mark(string text) =>
        text.Length > 40 ? text[..(char.IsHighSurrogate(text[39]) ? 39 : 40)] + "…" : text;
}
