using System.Globalization;
using System.Text;
using CsCheck;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Tests.Checking;

/// <summary>Streams as a faultless server would send them.</summary>
internal static class LawfulStream
{
    /// <summary>Turns with parts, failed attempts, skipped parts and edits.</summary>
    public static Gen<List<WireEvent>> Gen { get; } =
        Gens.Select(steps =>
        {
            var events = new List<WireEvent>();
            long epoch = 1, last = 0, next = 1, generation = 0, version = 0;
            var history = new List<WireMessage>();
            foreach (var (kind, parts, shown) in steps)
            {
                if (kind == 0 && history.Count > 0)
                {
                    epoch++;
                    history.RemoveRange(history.Count / 2, history.Count - (history.Count / 2));
                    events.Add(new WireEvent { Type = WireEventType.HistoryReset, Epoch = epoch, PositionText = $"{epoch}.0.0.0", Position = new WirePosition(epoch, 0, 0, 0) });
                    last = 0;
                    foreach (var kept in history)
                    {
                        AddMessage(kept);
                    }
                }

                Append(new WireMessage(next++, last, 0, true, false, Encoding.UTF8.GetBytes($"question {next}"), default));
                AddStatus("running");
                generation++;
                if (kind == 1)
                {
                    AddParts(parts, parts);
                    var position = new WirePosition(epoch, last, generation, 0);
                    events.Add(new WireEvent { Type = WireEventType.PreviewReset, Generation = generation, PositionText = position.ToString(), Position = position });
                    generation++;
                }

                AddParts(parts, Math.Min(shown, parts));
                var text = string.Concat(Enumerable.Range(1, parts).Select(seq => Part(generation, seq)));
                Append(new WireMessage(next++, last, generation, false, true, Encoding.UTF8.GetBytes(text), default));
                AddStatus("waiting");
            }

            return events;

            void Append(WireMessage message)
            {
                history.Add(message);
                AddMessage(message);
            }

            void AddMessage(WireMessage message)
            {
                var position = new WirePosition(epoch, message.Id, message.Generation, 0);
                events.Add(new WireEvent { Type = WireEventType.Message, Message = message, PositionText = position.ToString(), Position = position });
                last = message.Id;
            }

            void AddParts(int parts, int shown)
            {
                // Two at a time now and then, as a server joins parts for those that are behind.
                for (var seq = 1; seq <= shown;)
                {
                    var end = Math.Min(shown, seq + (seq % 3 == 0 ? 1 : 0));
                    var position = new WirePosition(epoch, last, generation, end);
                    events.Add(new WireEvent
                    {
                        Type = WireEventType.MessagePart,
                        Generation = generation,
                        FirstSeq = seq,
                        Seq = end,
                        Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(seq, end - seq + 1).Select(one => Part(generation, one)))),
                        PositionText = position.ToString(),
                        Position = position,
                    });
                    seq = end + 1;
                }
            }

            void AddStatus(string status) => events.Add(new WireEvent { Type = WireEventType.Status, Word = status, Version = ++version });
        });

    private static Gen<List<(int Kind, int Parts, int Shown)>> Gens =>
        CsCheck.Gen.Select(CsCheck.Gen.Int[0, 4], CsCheck.Gen.Int[1, 8], CsCheck.Gen.Int[0, 8], (kind, parts, shown) => (kind, parts, shown)).List[1, 8];

    private static string Part(long generation, int seq) => string.Create(CultureInfo.InvariantCulture, $"{generation}/{seq} ");
}
