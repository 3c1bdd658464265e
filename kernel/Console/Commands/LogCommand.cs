// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Platform;

namespace Hypervisor.Console.Commands;

/// <summary>Shows the last lines of the hypervisor's log.</summary>
internal sealed class LogCommand : Command
{
    private const int LinesUnlessTold = 20;

    public override string Name => "log";

    public override string Arguments => "[LINES] [-j]";

    public override string Summary => "the last lines of the hypervisor's log";

    public override void Run(Monitor monitor, CommandLine line)
    {
        int count = LinesUnlessTold;
        if (line.Count > 1 && !line.TryNumber(1, out count))
        {
            _ = monitor.Writer.Text("'").Raw(line[1]).Text("' is not a number of lines").Line();
            return;
        }

        RecordWriter records = monitor.Records;
        records.Layout = RecordLayout.Json;
        long next = Log.Next;
        for (long number = Math.Max(next - Math.Min(count, Log.Capacity), 0); number < next; number++)
        {
            if (Log.TryRead(number, out LogLine entry))
            {
                ReadOnlySpan<byte> text = entry.Text;
                Write(monitor, line.IsJson, number, text.Slice(0, entry.Length));
            }
        }
    }

    private static void Write(Monitor monitor, bool isJson, long number, ReadOnlySpan<byte> text)
    {
        if (!isJson)
        {
            _ = monitor.Writer.Printable(text).Line();
            return;
        }

        monitor.Records.Begin();
        monitor.Records.Number("line", (ulong)number);
        monitor.Records.Text("text", text);
        monitor.Records.End();
    }
}
