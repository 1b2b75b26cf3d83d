using DurableChat.Chats;

namespace DurableChat.Tests.Chats;

/// <summary>What a person expects of a chat, in the plainest form: who said what, what waits, and whether it is busy.</summary>
internal sealed class PlainModel
{
    public List<string> Said { get; } = [];

    public List<string> Waiting { get; } = [];

    public int UrgentCount { get; private set; }

    public ChatStatus Status { get; set; } = ChatStatus.Running;

    public void Send(string text, bool interrupt, bool isDriven)
    {
        switch (Status)
        {
            case ChatStatus.Waiting or ChatStatus.Error:
                Put(text, interrupt);
                Next();
                break;
            case ChatStatus.RequiresAction when interrupt:
                Said.Add(text);
                Status = ChatStatus.Running;
                break;
            default:
                Put(text, interrupt);
                if (interrupt)
                {
                    Stop(isDriven);
                }

                break;
        }
    }

    public void Promote(string text, bool isDriven)
    {
        var index = Waiting.IndexOf(text);
        UrgentCount += index < UrgentCount ? 0 : 1;
        Waiting.RemoveAt(index);
        Waiting.Insert(0, text);
        if (Status is ChatStatus.Running or ChatStatus.Interrupting)
        {
            Stop(isDriven);
        }
        else
        {
            Next();
        }
    }

    public void Delete(string text)
    {
        var index = Waiting.IndexOf(text);
        UrgentCount -= index < UrgentCount ? 1 : 0;
        Waiting.RemoveAt(index);
    }

    public void Stop(bool isDriven)
    {
        if (isDriven)
        {
            Status = ChatStatus.Interrupting;
        }
        else
        {
            Next();
        }
    }

    /// <summary>The turn is over: the next message runs, if one waits.</summary>
    public void Next()
    {
        Status = ChatStatus.Waiting;
        if (Waiting.Count > 0)
        {
            Said.Add(Waiting[0]);
            Delete(Waiting[0]);
            Status = ChatStatus.Running;
        }
    }

    public void Edit(string old, string text)
    {
        Said.RemoveRange(Said.IndexOf(old), Said.Count - Said.IndexOf(old));
        Said.Add(text);
        Status = ChatStatus.Running;
    }

    private void Put(string text, bool urgent)
    {
        Waiting.Insert(urgent ? UrgentCount : Waiting.Count, text);
        UrgentCount += urgent ? 1 : 0;
    }
}
