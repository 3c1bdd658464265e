// SPDX-License-Identifier: MIT
// A guest of a few kilobytes, without an operating system: it says how long it runs, repeats what is typed, and
// switches itself off when it reads 'poweroff' or when somebody presses its power button. PVH starts it (a note of its
// ELF file names the entry) in 32-bit protected mode, at the addresses that it was linked for.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum
{
    MasterPic = 0x20,
    SlavePic = 0xa0,
    Pit = 0x40,
    Serial = 0x3f8,
    LineStatus = Serial + 5,
    PowerStatus = 0x600,    // ACPI's PM1 status; bit 8: the power button was pressed
    PowerControl = 0x604,   // ACPI's PM1 control
    FirstVector = 0x20,
    TicksPerSecond = 20,
    SecondsBetween = 10,
    LongestLine = 64,
};

struct gate
{
    u16 low, selector, kind, high;
};

struct table
{
    u16 limit;
    u32 base;
} __attribute__((packed));

struct frame;

static struct gate gates[FirstVector + 16];
static const unsigned long long segments[] = { 0, 0x00cf9b000000ffffull, 0x00cf93000000ffffull };
static volatile u32 ticks;
static u8 stack[4096] __attribute__((used, aligned(16)));

asm(".pushsection .note.Xen, \"a\", @note\n"
    ".long 4, 4, 18\n"
    ".asciz \"Xen\"\n"
    ".long start\n"
    ".popsection\n"
    ".globl start\n"
    "start: movl $stack + 4096, %esp\n"
    "call run\n");

static void out8(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static void out16(u16 port, u16 value) { asm volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }

static u8 in8(u16 port)
{
    u8 value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static u16 in16(u16 port)
{
    u16 value;
    asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void put(char letter)
{
    while ((in8(LineStatus) & 0x20) == 0)
    {
    }

    out8(Serial, letter);
}

static void say(const char *text)
{
    for (; *text; text++)
    {
        if (*text == '\n')
        {
            put('\r');
        }

        put(*text);
    }
}

static void say_number(u32 value)
{
    if (value >= 10)
    {
        say_number(value / 10);
    }

    put('0' + value % 10);
}

static void power_off(void)
{
    say("tiny: good bye\n");
    out16(PowerControl, 1 << 13 | 5 << 10);
}

__attribute__((interrupt)) static void on_timer(struct frame *frame)
{
    (void)frame;
    ticks++;
    out8(MasterPic, 0x20);
}

// The main loop reads the byte; the interrupt only ends its sleep.
__attribute__((interrupt)) static void on_serial(struct frame *frame)
{
    (void)frame;
    out8(MasterPic, 0x20);
}

static void set_gate(int irq, void (*handler)(struct frame *))
{
    u32 address = (u32)handler;
    gates[FirstVector + irq] = (struct gate){ (u16)address, 8, 0x8e00, (u16)(address >> 16) };
}

static void set_up(void)
{
    struct table segment_table = { sizeof segments - 1, (u32)segments };
    struct table gate_table = { sizeof gates - 1, (u32)gates };
    set_gate(0, on_timer);
    set_gate(4, on_serial);
    asm volatile("lgdt %0\n"
                 "ljmp $8, $1f\n"
                 "1: movw $16, %%ax\n"
                 "movw %%ax, %%ds\n"
                 "movw %%ax, %%es\n"
                 "movw %%ax, %%ss\n"
                 "lidt %1\n"
                 : : "m"(segment_table), "m"(gate_table) : "eax", "memory");

    static const u8 pic[][2] = {
        { MasterPic, 0x11 }, { MasterPic + 1, FirstVector }, { MasterPic + 1, 4 }, { MasterPic + 1, 1 },
        { SlavePic, 0x11 }, { SlavePic + 1, FirstVector + 8 }, { SlavePic + 1, 2 }, { SlavePic + 1, 1 },
        { MasterPic + 1, 0xee }, { SlavePic + 1, 0xff },
    };
    for (u32 i = 0; i < sizeof pic / sizeof pic[0]; i++)
    {
        out8(pic[i][0], pic[i][1]);
    }

    u16 divisor = 1193182 / TicksPerSecond;
    out8(Pit + 3, 0x34);
    out8(Pit, (u8)divisor);
    out8(Pit, divisor >> 8);
    out8(Serial + 4, 0x0b);
    out8(Serial + 1, 0x01);
    out16(PowerStatus, 1 << 8);
}

static int is_poweroff(const char *line, u32 length)
{
    static const char word[] = "poweroff";
    for (u32 i = 0; i < sizeof word - 1; i++)
    {
        if (i >= length || line[i] != word[i])
        {
            return 0;
        }
    }

    return length == sizeof word - 1;
}

static void take(char letter)
{
    static char line[LongestLine];
    static u32 length;
    if (letter != '\r')
    {
        put(letter);
        if (length < LongestLine)
        {
            line[length++] = letter;
        }

        return;
    }

    say("\n");
    if (is_poweroff(line, length))
    {
        power_off();
    }

    length = 0;
    say("tiny> ");
}

__attribute__((used)) static void run(void)
{
    set_up();
    say("tiny: a guest without an operating system; type 'poweroff' to end it\ntiny> ");
    u32 next = SecondsBetween;
    for (;;)
    {
        // What comes between the look and HLT is seen after it: STI holds interrupts off until HLT has begun.
        asm volatile("cli");
        if ((in8(LineStatus) & 1) != 0)
        {
            take(in8(Serial));
        }
        else if ((in16(PowerStatus) & 1 << 8) != 0)
        {
            power_off();
        }
        else if (ticks / TicksPerSecond >= next)
        {
            say("\ntiny: up for ");
            say_number(next);
            say(" s\ntiny> ");
            next += SecondsBetween;
        }
        else
        {
            asm volatile("sti; hlt");
            continue;
        }

        asm volatile("sti");
    }
}
