using System.Runtime.CompilerServices;
using CsCheck;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>The ring against a plain list.</summary>
public sealed class RingBufferTests
{
    [Fact]
    public void A_ring_behaves_like_a_list() => Gen.Int[0, 9].Array[0, 60].Sample(
        steps =>
        {
            var ring = new RingBuffer<int>();
            var list = new List<int>();
            for (var i = 0; i < steps.Length; i++)
            {
                switch (steps[i])
                {
                    case <= 3:
                        ring.AddLast(i);
                        list.Add(i);
                        break;
                    case <= 6:
                        ring.AddFirst(i);
                        list.Insert(0, i);
                        break;
                    case <= 8 when list.Count > 0:
                        Assert.Equal(list[0], ring.RemoveFirst());
                        list.RemoveAt(0);
                        break;
                    case 9 when i % 3 == 0:
                        ring.Clear();
                        list.Clear();
                        break;
                }

                Assert.Equal(list, Enumerable.Range(0, ring.Count).Select(index => ring[index]));
            }
        },
        iter: 2_000);

    [Fact]
    public void There_is_nothing_outside_of_what_was_put_in()
    {
        var ring = new RingBuffer<int>();
        Assert.Throws<ArgumentOutOfRangeException>(() => ring[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.RemoveFirst());
        ring.AddLast(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => ring[1]);
        Assert.Equal("index", Assert.Throws<ArgumentOutOfRangeException>(() => ring[-1]).ParamName);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_taken_out_is_not_kept_alive(bool clears)
    {
        var ring = new RingBuffer<object>();
        var taken = PutAndTake(ring, clears);
        GC.Collect();
        Assert.False(taken.TryGetTarget(out _));
        GC.KeepAlive(ring);
    }

    /// <summary>Apart, so that the caller's stack does not hold what was put in.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<object> PutAndTake(RingBuffer<object> ring, bool clears)
    {
        var item = new object();
        ring.AddLast(item);
        if (clears)
        {
            ring.Clear();
        }
        else
        {
            ring.RemoveFirst();
        }

        return new WeakReference<object>(item);
    }
}
