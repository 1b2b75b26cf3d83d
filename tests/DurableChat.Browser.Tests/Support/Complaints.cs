using System.Collections.Concurrent;
using Xunit;

namespace DurableChat.Browser.Tests.Support;

/// <summary>What the browser complained about in a test's tabs. Thread-safe.</summary>
internal sealed class Complaints
{
    private static readonly ConcurrentDictionary<string, Complaints> _byTest = new();

    private readonly List<string> _texts = [];
    private readonly List<string> _forgiven = [];

    public static Complaints OfThisTest() => Of(TestContext.Current.Test!.UniqueID);

    public static Complaints Of(string test) => _byTest.GetOrAdd(test, _ => new Complaints());

    public void Add(string text)
    {
        lock (_texts)
        {
            if (!_forgiven.Exists(part => text.Contains(part, StringComparison.Ordinal)))
            {
                _texts.Add(text);
            }
        }
    }

    /// <summary>Forgets complaints with this text, also those that the browser has yet to report.</summary>
    public void Forgive(string part)
    {
        lock (_texts)
        {
            _forgiven.Add(part);
            _texts.RemoveAll(text => text.Contains(part, StringComparison.Ordinal));
        }
    }

    public string[] ToArray()
    {
        lock (_texts)
        {
            return [.. _texts];
        }
    }
}
