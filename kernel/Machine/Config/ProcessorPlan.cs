// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>
/// What all guests together ask of the real processors: numbers that exist, processors that are nobody else's alone,
/// and no more guaranteed time than there is.
/// </summary>
internal sealed class ProcessorPlan
{
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
    private int _reserved;
    private TomlTable? _unbound;

    public ProcessorPlan(ConfigErrors errors, bool[] firstThreads, bool sharesCores)
    {
        _errors = errors;
        _firstThreads = firstThreads;
        _sharesCores = sharesCores;
    }

    /// <summary>How many processors run guests; 0 where that isn't known.</summary>
    private int Usable
    {
        get
        {
            int count = 0;
            for (int processor = 0; processor < _firstThreads.Length; processor++)
            {
                count += _sharesCores || _firstThreads[processor] ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Takes the next guest in.</summary>
    public void Add(VmConfig machine, TomlTable table)
    {
        _reserved += machine.Reserve;
        if (_firstThreads.Length != 0 && _reserved > 100 * Usable && machine.Reserve != 0)
        {
            TextBuilder text = new TextBuilder().Append("with it the guests are promised ").Append(_reserved);
            _ = text.Append(", and the processors that run guests have ").Append(100 * Usable);
            Report(ConfigErrorKind.ReservesExceedHost, table.Find("reserve")!, text);
        }

        if (machine.Pin.Length == 0)
        {
            _unbound ??= table;
        }

        foreach (int processor in machine.Pin)
        {
            if (CheckExists(processor, table.Find("pin")!))
            {
                Bind(processor, machine, table.Find("pin")!);
            }
        }
    }

    /// <summary>All guests are in: those that are bound to no processor need one.</summary>
    public void Finish()
    {
        for (int processor = 0; processor < _firstThreads.Length; processor++)
        {
            if ((_sharesCores || _firstThreads[processor]) && !_isExclusive[processor])
            {
                return;
            }
        }

        if (_unbound != null && _firstThreads.Length != 0)
        {
            const string Text = "[[vm]]: no processor is left for it; all are exclusive to other guests";
            _errors.Add(ConfigErrorKind.NoProcessorLeft, _unbound.Line, 0, Text);
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

    private void Bind(int processor, VmConfig machine, TomlEntry pin)
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
    }

    private void Report(ConfigErrorKind kind, TomlEntry entry, TextBuilder text) =>
        SectionReader.Report(_errors, kind, entry, text.ToString());
}
