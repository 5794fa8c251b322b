"""The rows of all controls: what each is called, measures and does.

A row of a block reads `name aliases | unit lo hi default scale | keys | sentence`; `-` means none. The keys are what
the items of a list value set, in order. Names and aliases are Strudel's, which are mostly Tidal's; units, ranges and
defaults those of SuperDirt and superdough.
"""

# ruff: noqa: E501 - the rows are a table
from __future__ import annotations

SOURCE = """
s sound | - - - - - | s n gain | Choose the sample folder or instrument by name.
n number | - - - - - | - | Choose the sample of a folder by number, or the degree of a scale.
note up,midinote | semitones 0 127 - - | note n | Choose the pitch by name or MIDI number.
freq - | Hz 20 20000 - log | - | Choose the pitch by frequency.
bank - | - - - - - | - | Put the name of a sample bank before the sound's name.
source src | - - - - - | - | Name a source of your own.
octave oct | - 0 10 5 - | - | Choose the octave.
semitone - | semitones - - - - | - | Shift the pitch by semitones.
velocity vel | - 0 1 1 - | - | Strike harder or softer; it multiplies the gain.
gain - | gain 0 2 1 - | - | Make events louder or softer.
postgain - | gain 0 4 1 - | - | Make events louder or softer after all their effects.
amp - | gain 0 1 0.4 - | - | Set the plain amplitude; 0.4 changes nothing.
overgain - | gain 0 - 0 - | - | Add gain beyond its upper end.
overshape - | - 0 1 0 - | - | Shape beyond the range of shape.
begin - | - 0 1 0 - | - | Start the sample at a part of its length.
end - | - 0 1 1 - | - | Stop the sample at a part of its length.
loop - | - 0 - 0 - | - | Loop the sample, or play it so many times.
loopBegin loopb | - 0 1 0 - | - | Start the loop at a part of the sample.
loopEnd loope | - 0 1 1 - | - | Stop the loop at a part of the sample.
speed - | - -64 64 1 - | - | Play the sample faster or slower; negative is backwards.
stretch - | - -4 4 1 - | - | Change the pitch of a sample and keep its length.
accelerate - | - -8 8 0 - | - | Glide the speed of the sample over the event.
unit - | - - - r - | - | Tell what speed counts: r rate, c cycles, s seconds.
clip legato | - 0 8 1 - | - | Hold each event for a part of its length.
duration dur | cycles 0 - 1 - | - | Set the length of the event in cycles.
cut - | - - - 0 - | - | Cut off sounds of the same group.
nudge - | s -1 1 0 - | - | Shift events in time by seconds.
offset - | - - - 0 - | - | Shift the pitch set of a voicing, or the event's start.
cps - | - 0 8 - - | - | Set the cycles a second.
channel - | - 0 - - - | - | Choose the output channel.
channels ch | - 1 - - - | - | Choose the output channels, counted from 1.
orbit o | - 0 - 0 - | - | Choose the bus of shared effects.
bus - | - 0 - - - | - | Send to the return of a number: bus 1 feeds the return bus1.
busgain bgain | gain 0 4 1 - | - | Set the level that is sent to the bus.
analyze - | - 0 - - - | - | Send to a number for analysis.
fft - | - 0 10 8 - | - | Set the size of the analysis.
dry - | - 0 1 1 - | - | Set the level that goes around room and delay; 0 leaves only what they make of it.
pan - | - 0 1 0.5 - | - | Place the sound from left (0) to right (1).
panspan - | - - - 1 - | - | Spread pan over several channels.
pansplay - | - 0 1 1 - | - | Spread channels apart.
panwidth - | - 0 - 2 - | - | Set the width of pan among several channels.
panorient - | - -1 1 0 - | - | Turn the ring of channels.
attack att | s 0 10 0.001 - | - | Fade in over a time.
decay dec | s 0 10 0.05 - | - | Fall to the sustain level over a time.
sustain sus | - 0 1 1 - | - | Hold at a level after the decay.
release rel | s 0 30 0.01 - | - | Fade out over a time after the event.
hold - | s 0 30 0 - | - | Hold the envelope at its top for a time.
curve - | - -20 20 -3 - | - | Bend the envelope: below 0 fast first, above 0 fast last.
fadeTime fadeOutTime | s 0 - 0.001 - | - | Set the fade at the end of a sample.
fadeInTime - | s 0 - 0.001 - | - | Set the fade at the start of a sample.
cutoff ctf,lp,lpf | Hz 20 20000 - log | cutoff resonance lpenv | Filter what is above a frequency.
resonance lpq | - 0 50 0 - | - | Emphasise the frequency of the low-pass filter.
hcutoff hp,hpf | Hz 20 20000 - log | hcutoff hresonance hpenv | Filter what is below a frequency.
hresonance hpq | - 0 50 0 - | - | Emphasise the frequency of the high-pass filter.
bandf bp,bpf | Hz 20 20000 - log | bandf bandq bpenv | Let only the surroundings of a frequency pass.
bandq bpq | - 0 50 1 - | - | Set the quality of the band-pass filter.
ftype - | - - - 12db - | - | Choose the filter: 12db, ladder or 24db.
fanchor - | - 0 1 0 - | - | Place the filter envelope around its frequency.
drive - | - 0 2 0.69 - | - | Drive the ladder filter.
vowel - | - - - - - | - | Filter as a vowel does: a e i o u.
djf - | - 0 1 0.5 - | - | Filter lows (below 0.5) or highs (above) with one knob.
coarse - | - 1 64 1 - | - | Lower the sample rate by a whole number.
crush - | bits 1 16 16 - | - | Lower the number of bits.
shape - | - 0 1 0 - | shape shapevol | Shape the wave, from clean to loud and dirty.
distort dist | - 0 10 0 - | distort distortvol distorttype | Distort.
distortvol distvol | gain 0 4 1 - | - | Set the level after distortion.
distorttype disttype | - - - - - | - | Choose the kind of distortion by name.
triode - | - 0 1 0 - | - | Distort as a tube does.
krush - | - 0 1 0 - | - | Distort with a low-pass behind.
kcutoff - | Hz 20 10000 4000 log | - | Set the frequency of krush's filter.
octer - | - 0 2 0 - | - | Add an octave above.
octersub - | - 0 2 0 - | - | Add an octave below.
octersubsub - | - 0 2 0 - | - | Add two octaves below.
ring - | - 0 1 0 - | - | Modulate with a ring.
ringf - | Hz 20 20000 - log | - | Set the frequency of the ring modulation.
ringdf - | Hz - - 0 - | - | Slide the frequency of the ring modulation.
squiz - | - 0 64 1 - | - | Raise the pitch crudely.
waveloss - | - 0 100 0 - | - | Drop a percentage of wave segments.
fshift - | Hz - - 0 - | - | Shift all frequencies by an amount.
fshiftnote - | - - - 0 - | - | Shift all frequencies by a multiple of the note's.
fshiftphase - | - - - 0 - | - | Set the phase of the frequency shift.
freeze - | - 0 1 0 - | - | Freeze the spectrum: what has sounded once sounds on to the end of the event.
comb - | - 0 1 0 - | - | Comb the spectrum: notches all along it, the more the higher.
smear - | - 0 1 0 - | - | Smear the spectrum over time.
scram - | - 0 1 0 - | - | Scramble the spectrum: every part of it wavers at random.
binshift - | - 0 1 0 - | - | Shift all parts of the spectrum up, by 3 kHz at 1.
hbrick - | - 0 1 0 - | - | Cut a part of the spectrum off steeply, from below.
lbrick - | - 0 1 0 - | - | Cut a part of the spectrum off steeply, from above.
real - | - 0 1 0.5 - | - | Set the real part of a conformal map.
imag - | - 0 1 0.5 - | - | Set the imaginary part of a conformal map.
enhance - | - 0 1 0.5 - | - | Enhance the spectrum: add overtones of what is there.
xsdelay - | - 0 1 0.5 - | - | Delay parts of the spectrum.
tsdelay - | - 0 1 0.5 - | - | Set the time of the spectral delay.
compressor - | dB -60 0 -3 dB | compressor compressorRatio compressorKnee compressorAttack compressorRelease | Compress above a level.
compressorRatio - | - 1 20 10 - | - | Set how much is compressed.
compressorKnee - | dB 0 40 10 dB | - | Set how softly compression sets in.
compressorAttack - | s 0 1 0.005 - | - | Set how quickly compression sets in.
compressorRelease - | s 0 1 0.05 - | - | Set how quickly compression lets go.
tremolo trem,tremolorate,tremr | Hz 0 100 - - | tremolo tremolodepth tremoloskew tremolophase | Let the level tremble at a rate.
tremolosync tremsync | cycles 0 64 - - | tremolosync tremolodepth tremoloskew tremolophase | Let the level tremble in time with the cycle.
tremolodepth tremdepth,tremdp | - 0 1 1 - | - | Set how much the level trembles.
tremoloskew tremskew | - 0 1 0.5 - | - | Lean the wave of the tremolo.
tremolophase tremphase | cycles 0 1 0 - | - | Start the tremolo at a phase.
tremoloshape tremshape | - - - tri - | - | Choose the wave of the tremolo.
phaserrate ph,phaser,phasr | Hz 0 100 - - | phaserrate phaserdepth phasercenter phasersweep | Move a phaser at a rate.
phaserdepth phasdp,phd | - 0 1 0.75 - | - | Set the depth of the phaser.
phasercenter phc | Hz 20 20000 1000 log | - | Set the middle frequency of the phaser.
phasersweep phs | Hz 0 4000 2000 - | - | Set the range of the phaser.
chorus - | - 0 1 0 - | - | Thicken the sound with moving copies.
transient - | - -1 1 0 - | transient transsustain | Sharpen or soften the start of sounds.
leslie - | - 0 1 0.5 - | - | Turn a rotary speaker.
lrate - | Hz 0 20 6.7 - | - | Set the rate of the rotary speaker.
lsize - | - 0 1 0.3 - | - | Set the size of the rotary speaker.
delay - | - 0 1 0 - | delay delaytime delayfeedback | Send to the delay.
delaytime delayt,dt | s 0 4 - - | - | Set the time of the delay.
delaysync - | cycles 0 4 0.1875 - | - | Set the time of the delay in cycles.
delayfeedback delayfb,dfb | - 0 0.98 0.5 - | - | Set how much the delay repeats.
delayspeed - | - - - 1 - | - | Set the speed of the delay's tape.
lock - | - 0 1 0 - | - | Count the delay's time in cycles.
room - | - 0 1 0 - | room size | Send to the reverb.
roomsize rsize,size,sz | - 0 10 1 - | - | Set the size of the room.
roomfade rfade | s 0 30 - - | - | Set the time the room takes to fade.
roomlp rlp | Hz 20 20000 - log | - | Filter the highs of the room.
roomdim rdim | Hz 20 20000 - log | - | Set how far the highs have fallen when the room has faded.
ir iresponse | - - - - - | ir i | Choose the sample whose echo the reverb has.
irspeed - | - - - 1 - | - | Play the room's sample faster or slower.
irbegin - | - 0 1 0 - | - | Start the room's sample at a part of its length.
duckorbit duck | - 0 - - - | - | Make other orbits duck.
duckdepth - | - 0 1 1 - | - | Set how deep the ducked orbits go.
duckonset duckons | s 0 1 0 - | - | Set how quickly the ducked orbits go down.
duckattack duckatt,datt | s 0.002 10 0.1 - | - | Set how quickly the ducked orbits come back.
detune det | semitones - - 0.18 - | - | Detune the voices of a sound.
unison - | - 1 16 5 - | - | Set the number of voices of a sound.
spread - | - 0 1 0.6 - | - | Spread the voices of a sound from left to right.
noise - | - 0 1 0 - | - | Put pink noise in the place of a part of the sound.
density - | - 0 1 0.03 - | - | Set how dense crackles are.
pw - | - 0 1 0.5 - | pw pwrate pwsweep | Set the width of a pulse wave.
pwrate - | Hz 0 100 1 - | - | Move the width of a pulse wave at a rate.
pwsweep - | - 0 1 0.3 - | - | Move the width of a pulse wave by an amount.
byteBeatExpression bbexpr | - - - - - | - | Give the expression of a byte beat.
byteBeatStartTime bbst | - 0 - 0 - | - | Start a byte beat at a time.
vib v,vibrato | Hz 0 100 - - | vib vibmod | Let the pitch tremble at a rate.
vibmod vmod | semitones 0 24 0.5 - | vibmod vib | Set how much the pitch trembles.
penv - | semitones -96 96 0 - | - | Bend the pitch by an envelope.
pattack patt | s 0 10 0.2 - | - | Set the attack of the pitch envelope.
pdecay pdec | s 0 10 0 - | - | Set the decay of the pitch envelope.
psustain psus | - 0 1 1 - | - | Set the sustain of the pitch envelope.
prelease prel | s 0 10 0 - | - | Set the release of the pitch envelope.
pcurve - | - 0 1 0 - | - | Make the pitch envelope straight (0) or curved (1).
panchor - | - 0 1 - - | - | Place the pitch envelope around the note.
slide - | - - - 0 - | - | Slide the pitch.
deltaSlide - | - - - 0 - | - | Change the slide over time.
pitchJump - | - - - 0 - | - | Jump in pitch.
pitchJumpTime - | s - - 0 - | - | Jump in pitch after a time.
zrand - | - 0 1 0 - | - | Randomise the pitch of a zzfx sound.
znoise - | - - - 0 - | - | Add noise to a zzfx sound.
zmod - | - - - 0 - | - | Modulate a zzfx sound.
zcrush - | - - - 0 - | - | Crush a zzfx sound.
zdelay - | s - - 0 - | - | Delay a zzfx sound.
zzfx - | - - - - - | - | Give all settings of a zzfx sound in a list.
chord - | - - - - - | - | Name a chord.
dictionary dict | - - - - - | - | Choose the dictionary of chord voicings.
anchor - | - - - c5 - | - | Align a voicing to a note.
mode - | - - - below - | mode anchor | Place a voicing: below, above, duck or root.
octaves - | - 0 - - - | - | Set over how many octaves a voicing spreads.
degree - | - - - - - | - | Choose a degree of a scale.
mtranspose - | - - - 0 - | - | Transpose by scale steps.
ctranspose - | - - - 0 - | - | Transpose by chromatic steps.
harmonic - | - - - - - | - | Choose a harmonic.
stepsPerOctave - | - 1 - 12 - | - | Set how many steps an octave has.
octaveR - | - - - 2 - | - | Set the ratio of an octave.
voice - | - - - - - | - | Choose a voice.
label - | - - - - - | label activeLabel | Show a text with the event.
activeLabel - | - - - - - | - | Show a text while the event sounds.
color colour | - - - - - | color colour | Show the event in a colour.
FXrelease FXr,FXrel,fxr | s 0 30 - - | - | Let the extra effects fade out over a time.
gate gat | - 0 1 - - | - | Open or close a gate.
val - | - - - - - | - | Give a plain value.
"""

MIDI = """
midichan - | - 1 16 1 - | - | Choose the MIDI channel.
midiport - | - - - - - | - | Choose the MIDI port by name.
midicmd - | - - - - - | - | Send a MIDI command such as start or stop.
midimap - | - - - - - | - | Choose the map from controls to MIDI controllers.
midibend - | - -1 1 0 - | - | Bend the pitch of the MIDI channel.
miditouch - | - 0 1 0 - | - | Press the keys of the MIDI channel after they are down.
polyTouch - | - 0 1 0 - | - | Press a single key after it is down.
ccn - | - 0 127 - - | - | Choose the number of a MIDI controller.
ccv - | - 0 1 - - | - | Set the value of a MIDI controller.
ctlNum - | - 0 127 - - | - | Choose the number of a controller.
progNum - | - 0 127 - - | - | Choose a program.
nrpnn - | - 0 16383 - - | - | Choose the number of a long controller.
nrpv - | - 0 16383 - - | - | Set the value of a long controller.
rpnn - | - 0 16383 - - | - | Choose the number of a registered parameter.
rpnv - | - 0 16383 - - | - | Set the value of a registered parameter.
pitchbend - | semitones -48 48 0 - | - | Bend the pitch over MIDI by semitones.
mpeslide - | - 0 1 0.5 - | - | Place the third dimension of an MPE note.
sysexid - | - - - - - | - | Name the maker of a system message.
sysexdata - | - - - - - | - | Give the bytes of a system message.
sustainpedal - | - 0 1 0 - | - | Hold the pedal.
expression - | - 0 1 1 - | - | Set the expression controller.
frameRate - | - 1 - - - | - | Set the frame rate of time code.
frames - | - 0 - - - | - | Set the frames of time code.
hours - | - 0 23 - - | - | Set the hours of time code.
minutes - | - 0 59 - - | - | Set the minutes of time code.
seconds - | - 0 59 - - | - | Set the seconds of time code.
songPtr - | - 0 16383 - - | - | Set the place in a song.
uid - | - - - - - | - | Set the number of a device.
oschost - | - - - - - | - | Choose the host of OSC messages.
oscport - | - 0 65535 - - | - | Choose the port of OSC messages.
"""

# Families of controls: the same rows for each of several things.
FILTERS = (("lp", "low-pass"), ("hp", "high-pass"), ("bp", "band-pass"))
FILTER_ROWS = """
{0}env {0}e | - -8 8 0 - | - | Move the {1} filter by an envelope, in octaves.
{0}attack {0}a | s 0 10 0.01 - | - | Set the attack of the {1} envelope.
{0}decay {0}d | s 0 10 0.1 - | - | Set the decay of the {1} envelope.
{0}sustain {0}s | - 0 1 0 - | - | Set the sustain of the {1} envelope.
{0}release {0}r | s 0 10 0.1 - | - | Set the release of the {1} envelope.
{0}rate - | Hz 0 100 - - | - | Move the {1} filter at a rate.
{0}sync - | cycles 0 64 - - | - | Move the {1} filter in time with the cycle.
{0}depth - | - - - - - | - | Set how much the {1} filter moves.
{0}depthfrequency {0}depthfreq | Hz - - - - | - | Set how much the {1} filter moves, in hertz.
{0}shape - | - - - 0 - | - | Choose the wave that moves the {1} filter.
{0}dc - | - - - 0 - | - | Shift the wave that moves the {1} filter.
{0}skew - | - 0 1 0.5 - | - | Lean the wave that moves the {1} filter.
"""
WAVETABLES = (("wt", "position in the wavetable"), ("warp", "warp of the wavetable"))
WAVETABLE_ROWS = """
{0}env - | - 0 1 0 - | - | Move the {1} by an envelope.
{0}attack {0}att | s 0 10 0 - | - | Set the attack of the {1}.
{0}decay {0}dec | s 0 10 0.5 - | - | Set the decay of the {1}.
{0}sustain {0}sus | - 0 1 0 - | - | Set the sustain of the {1}.
{0}release {0}rel | s 0 10 0.1 - | - | Set the release of the {1}.
{0}rate - | Hz 0 100 - - | - | Move the {1} at a rate.
{0}sync - | cycles 0 64 - - | - | Move the {1} in time with the cycle.
{0}depth - | - - - - - | - | Set how much the {1} moves.
{0}shape - | - - - 0 - | - | Choose the wave that moves the {1}.
{0}dc - | - - - 0 - | - | Shift the wave that moves the {1}.
{0}skew - | - 0 1 0.5 - | - | Lean the wave that moves the {1}.
"""
# Controls of SuperDirt and Tidal that Strudel does not name; they reach SuperDirt as they are.
TIDAL = """
delayAmp - | - 0 1 0 - | - | Set the level of the delay.
delaySend - | - 0 1 1 - | - | Send so much of the event to the delay.
delta - | s 0 - - - | - | Set the time to the next event.
endSpeed - | - - - - - | - | Set the speed at the end of the event.
lag - | s - - 0 - | - | Sound later by a time.
length - | - 0 1 - - | - | Play a part of the sample.
metatune - | - 0 1 0 - | - | Use the pitch that is written in the sample's file.
modamp - | - 0 - 1 - | - | Set the depth of a soft synth's modulation.
modfreq - | Hz 0 1000 1 - | - | Set the rate of a soft synth's modulation.
muffle - | - 0 - 1 - | - | Damp the string of a soft synth.
perc - | - 0 - 1 - | - | Set the percussion of the soft organ.
percf - | - 0 - - - | - | Choose the harmonic of the soft organ's percussion.
pitch1 - | - 0 - 1 - | - | Tune the first partial of a soft synth.
pitch2 - | - 0 - 1 - | - | Tune the second partial of a soft synth.
pitch3 - | - 0 - 1 - | - | Tune the third partial of a soft synth.
plat - | - 0 1 0 - | - | Let the event rise and fall once as a grain does, so much of it flat.
psdisp - | s 0 1 0 - | - | Scatter the grains of the pitch shift.
psrate - | - 0 4 1 - | - | Shift the pitch by a ratio and keep the length.
rate - | - 0 - 1 - | - | Set the rate of a soft synth.
stereo - | - 0 1 0.2 - | - | Set the width of a soft synth.
tilt - | - 0 1 0.5 - | - | Let the event rise and fall once as a grain does, its peak at a part of it.
timescale - | - 0.1 3 - - | - | Stretch the sample by a ratio and keep its pitch.
timescalewin - | - 0 10 1 - | - | Set the window of the time stretch.
vrate - | Hz 0 100 6 - | - | Set the rate of a soft synth's vibrato.
"""
WAVETABLE = """
wt wavetablePosition | - 0 1 0 - | - | Choose the position in the wavetable.
wtphaserand wavetablePhaseRand | - 0 1 0 - | - | Start the wavetable at a random phase.
warp wavetableWarp | - 0 1 0 - | - | Warp the wavetable.
warpmode wavetableWarpMode | - - - none - | - | Choose how the wavetable is warped.
"""
OPERATOR_ROWS = """
fmi{0} fm{0} | - 0 64 0 - | fmi{0} fmh{0} | Modulate the frequency by operator {0}.
fmh{0} - | - 0 64 1 - | fmh{0} fmi{0} | Set the ratio of operator {0}.
fmenv{0} - | - - - exp - | - | Choose the envelope of operator {0}: lin or exp.
fmattack{0} fmatt{0} | s 0 10 0 - | - | Set the attack of operator {0}.
fmdecay{0} fmdec{0} | s 0 10 0 - | - | Set the decay of operator {0}.
fmsustain{0} fmsus{0} | - 0 1 1 - | - | Set the sustain of operator {0}.
fmrelease{0} fmrel{0} | s 0 10 0 - | - | Set the release of operator {0}.
fmwave{0} - | - - - sine - | - | Choose the wave of operator {0}.
"""
FIRST_OPERATOR = """
fmi fm,fm1,fmh1,fmi1 | - 0 64 0 - | fmi fmh | Modulate the frequency by operator 1.
fmh - | - 0 64 1 - | fmh fmi | Set the ratio of operator 1.
fmenv fmenv1 | - - - exp - | - | Choose the envelope of operator 1: lin or exp.
fmattack fmatt,fmatt1,fmattack1 | s 0 10 0 - | - | Set the attack of operator 1.
fmdecay fmdec,fmdec1,fmdecay1 | s 0 10 0 - | - | Set the decay of operator 1.
fmsustain fmsus,fmsus1,fmsustain1 | - 0 1 1 - | - | Set the sustain of operator 1.
fmrelease fmrel,fmrel1,fmrelease1 | s 0 10 0 - | - | Set the release of operator 1.
fmwave fmwave1 | - - - sine - | - | Choose the wave of operator 1.
"""
MATRIX_ROW = "fmi{0}{1} fm{0}{1} | - 0 64 0 - | - | Modulate operator {1} by operator {0}; 0 is the sound itself."

# What belongs to a shared bus rather than to the single event.
BUS = frozenset(
    [
        "delay",
        "delaytime",
        "delaysync",
        "delayfeedback",
        "delayspeed",
        "lock",
        "room",
        "roomsize",
        "roomfade",
        "roomlp",
        "roomdim",
        "ir",
        "irspeed",
        "irbegin",
        "djf",
        "duckorbit",
        "duckdepth",
        "duckonset",
        "duckattack",
        "leslie",
        "lrate",
        "lsize",
    ]
)


def all_rows() -> list[tuple[str, str]]:
    """Give the text of every row with its scope: event, bus or midi."""
    blocks = [(SOURCE, "event"), (TIDAL, "event"), (MIDI, "midi"), (WAVETABLE, "event"), (FIRST_OPERATOR, "event")]
    blocks += [(FILTER_ROWS.format(*family), "event") for family in FILTERS]
    blocks += [(WAVETABLE_ROWS.format(*family), "event") for family in WAVETABLES]
    blocks += [(OPERATOR_ROWS.format(n), "event") for n in range(2, 9)]
    rows = [(line, scope) for block, scope in blocks for line in block.strip().split("\n")]
    rows += [(MATRIX_ROW.format(a, b), "event") for a in range(9) for b in range(9)]
    return rows
