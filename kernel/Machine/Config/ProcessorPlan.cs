// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Config;

/// <summary>
/// What all guests together ask of the real processors: numbers that exist, processors that are nobody else's alone,
/// and no more guaranteed time than there is where it is to be had.
/// </summary>
internal sealed class ProcessorPlan
{
    /// <summary>Promises are counted in thousandths of a percent of a processor.</summary>
    private const int Percent = 1000;
    private const int Whole = 100 * Percent;

    private readonly ConfigErrors _errors;

    /// <summary>For each processor whether it is its core's first thread; empty where that isn't known.</summary>
    private readonly bool[] _firstThreads;
    private readonly bool _sharesCores;

    /// <summary>
    /// For each processor the line of the first guest that is bound to it (0 for none), and whether it is that one's
    /// alone.
    /// </summary>
    private readonly int[] _lines = new int[VmSection.MaximumProcessor + 1];
    private readonly bool[] _isExclusive = new bool[VmSection.MaximumProcessor + 1];

    /// <summary>
    /// What is promised of each processor to those that are bound to it, a guest's reserve divided among its own.
    /// </summary>
    private readonly int[] _promised = new int[VmSection.MaximumProcessor + 1];

    /// <summary>The first guest without a pin, and what all of those are promised, last where.</summary>
    private TomlTable? _unbound;
    private TomlEntry? _unboundReserve;
    private int _unboundPromised;

    public ProcessorPlan(ConfigErrors errors, bool[] firstThreads, bool sharesCores)
    {
        _errors = errors;
        _firstThreads = firstThreads;
        _sharesCores = sharesCores;
    }

    /// <summary>Takes the next guest in.</summary>
    public void Add(VmConfig machine, TomlTable table)
    {
        TomlEntry? reserve = machine.Reserve == 0 ? null : table.Find("reserve");
        if (machine.Pin.Length == 0)
        {
            _unbound ??= table;
            _unboundReserve = reserve ?? _unboundReserve;
            _unboundPromised += machine.Reserve * Percent;
        }

        foreach (int processor in machine.Pin)
        {
            TomlEntry pin = table.Find("pin")!;
            if (CheckExists(processor, pin) && TryBind(processor, machine, pin) && reserve != null)
            {
                Promise(processor, machine.Reserve * Percent / machine.Pin.Length, reserve);
            }
        }
    }

    /// <summary>All guests are in: those that are bound to no processor need one, and what they are promised.</summary>
    public void Finish()
    {
        if (_unbound == null || _firstThreads.Length == 0)
        {
            return;
        }

        int processors = 0;
        int left = 0;
        for (int processor = 0; processor < _firstThreads.Length; processor++)
        {
            if ((_sharesCores || _firstThreads[processor]) && !_isExclusive[processor])
            {
                processors++;
                left += Math.Max(0, Whole - _promised[processor]);
            }
        }

        if (processors == 0)
        {
            const string Text = "[[vm]]: no processor is left for it; all are exclusive to other guests";
            _errors.Add(ConfigErrorKind.NoProcessorLeft, _unbound.Line, 0, Text);
        }
        else if (_unboundPromised > left)
        {
            TextBuilder text = new TextBuilder().Append("with it the guests without pin are promised ");
            _ = text.Append(_unboundPromised / Percent).Append(", and the processors have ").Append(left / Percent);
            Report(ConfigErrorKind.ReservesExceedHost, _unboundReserve!, text.Append(" left for them"));
        }
    }

    private void Promise(int processor, int part, TomlEntry reserve)
    {
        _promised[processor] += part;
        if (_promised[processor] > Whole)
        {
            TextBuilder text = new TextBuilder().Append("with it the guests that are bound to processor ");
            _ = text.Append(processor).Append(" are promised ");
            _ = text.Append((_promised[processor] + Percent - 1) / Percent).Append(" of its 100 percent");
            Report(ConfigErrorKind.ReservesExceedHost, reserve, text);
        }
    }

    private bool CheckExists(int processor, TomlEntry pin)
    {
        if (_firstThreads.Length == 0)
        {
            return true;
        }

        TextBuilder text = new TextBuilder().Append("processor ").Append(processor);
        if (processor >= _firstThreads.Length)
        {
            _ = text.Append(" is not there; this host has the processors 0 to ").Append(_firstThreads.Length - 1);
            Report(ConfigErrorKind.ProcessorMissing, pin, text);
            return false;
        }

        if (!_sharesCores && !_firstThreads[processor])
        {
            _ = text.Append(" shares its core with another one, so no guest runs on it; ");
            Report(ConfigErrorKind.ProcessorIsThread, pin, text.Append("share_cores = true in [host] allows it"));
            return false;
        }

        return true;
    }

    private bool TryBind(int processor, VmConfig machine, TomlEntry pin)
    {
        bool isTaken = _lines[processor] != 0 && (_isExclusive[processor] || machine.IsExclusive);
        if (isTaken)
        {
            TextBuilder text = new TextBuilder().Append("processor ").Append(processor);
            _ = text.Append(" cannot be exclusive and shared with the guest in line ").Append(_lines[processor]);
            Report(ConfigErrorKind.ProcessorTaken, pin, text);
        }

        _lines[processor] = _lines[processor] == 0 ? machine.Line : _lines[processor];
        _isExclusive[processor] |= machine.IsExclusive;
        return !isTaken;
    }

    private void Report(ConfigErrorKind kind, TomlEntry entry, TextBuilder text) =>
        SectionReader.Report(_errors, kind, entry, text.ToString());
}
