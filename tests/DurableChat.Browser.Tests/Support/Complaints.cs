using System.Collections.Concurrent;
using Xunit;

namespace DurableChat.Browser.Tests.Support;

/// <summary>What the browser complained about in a test's tabs. Thread-safe.</summary>
internal sealed class Complaints
{
    private static readonly ConcurrentDictionary<string, Complaints> _byTest = new();

    private readonly List<string> _texts = [];

    public static Complaints OfThisTest() => Of(TestContext.Current.Test!.UniqueID);

    public static Complaints Of(string test) => _byTest.GetOrAdd(test, _ => new Complaints());

    public void Add(string text)
    {
        lock (_texts)
        {
            _texts.Add(text);
        }
    }

    public void Forgive(string part)
    {
        lock (_texts)
        {
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
